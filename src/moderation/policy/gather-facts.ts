import type { Evidence } from "../signal.ts";
import { type FactContext, type FactTable, toCelValue } from "./fact-table.ts";

export const FACT_STATES = { missing: 0, ok: 1, unavailable: 2 } as const;
export type FactState = (typeof FACT_STATES)[keyof typeof FACT_STATES];

/** One comment's facts as the rules see them. */
export type Facts = {
  context: FactContext;
  /** {@link FactState} by slot index; what no signal said anything about is `missing`. */
  states: Uint8Array;
};

/**
 * Prepares the evidence once for all the rules of a policy. Evidence that the policy does not know is passed over; a
 * value that is not of its declared type (an older signal's, say) counts as unavailable.
 */
export function gatherFacts(evidence: readonly Evidence[], table: FactTable): Facts {
  const context = table.createContext();
  const states = new Uint8Array(table.slots.size);
  for (const { name, state, value } of evidence) {
    const slot = table.slots.get(name);
    const record = slot && context[slot.signal];
    if (!slot || !record) continue;
    const converted = state === "ok" ? toCelValue(slot.type, value) : undefined;
    record[slot.field] = converted;
    states[slot.index] = converted === undefined ? FACT_STATES.unavailable : FACT_STATES.ok;
  }
  return { context, states };
}
