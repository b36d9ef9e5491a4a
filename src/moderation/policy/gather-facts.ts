import { IS_OF_TYPE } from "../fact-type.ts";
import type { Evidence, FactValue } from "../signal.ts";
import { type FactContext, type FactTable, toCelValue } from "./fact-table.ts";
import type { FactValues } from "./plain-expression.ts";

export const FACT_STATES = { missing: 0, ok: 1, unavailable: 2 } as const;
export type FactState = (typeof FACT_STATES)[keyof typeof FACT_STATES];

/** One comment's facts as the rules see them. */
export type Facts = {
  values: FactValues;
  /** {@link FactState} by slot index; what no signal said anything about is `missing`. */
  states: Uint8Array;
  /** The same for CEL; made when a rule first needs it. */
  context: () => FactContext;
};

/**
 * Prepares the evidence once for all the rules of a policy. Evidence that the policy does not know is passed over; a
 * value that is not of its declared type (an older signal's, say) counts as unavailable.
 */
export function gatherFacts(evidence: readonly Evidence[], table: FactTable): Facts {
  const values = table.names.map((): FactValue | undefined => undefined);
  const states = new Uint8Array(values.length);
  for (const { name, state, value } of evidence) {
    const slot = table.slots.get(name);
    if (!slot) continue;
    const isOk = state === "ok" && IS_OF_TYPE[slot.type](value);
    values[slot.index] = isOk ? value : undefined;
    states[slot.index] = isOk ? FACT_STATES.ok : FACT_STATES.unavailable;
  }
  let context: FactContext | undefined;
  return { values, states, context: () => (context ??= toContext(values, table)) };
}

function toContext(values: FactValues, table: FactTable): FactContext {
  const context = table.createContext();
  for (const { index, signal, field, type } of table.slots.values()) {
    const record = context[signal];
    if (record) record[field] = toCelValue(type, values[index]);
  }
  return context;
}
