import { createHash } from "node:crypto";
import type { CompiledPolicy } from "./policy.ts";
import { signalOf } from "./record.ts";
import type { Signal } from "./signal.ts";
import type { FrameRow, FrameRule } from "./store/frames.ts";

/**
 * What the decisions of one version of a policy, by one version of the signals, have in common: the names that their records
 * leave out. Kept once, and never changed.
 */
export type Frame = {
  id: string;
  /** In the order of a record's values. */
  facts: readonly string[];
  /** Place in `facts` by name. */
  places: ReadonlyMap<string, number>;
  /** Of the signals, by the first part of their facts' names. */
  versions: Readonly<Record<string, number>>;
  /** By id, in the policy's order. */
  rules: ReadonlyMap<string, FrameRule>;
};

export function toFrame(row: FrameRow): Frame {
  return {
    ...row,
    places: new Map(row.facts.map((name, place) => [name, place])),
    rules: new Map(row.rules.map((rule) => [rule.id, rule])),
  };
}

/** The frame of what is decided by a policy now. */
export function describeFrame(signals: readonly Signal[], policy: CompiledPolicy): FrameRow {
  const declared = signals.flatMap(({ facts, version }) =>
    Object.keys(facts).map((name) => ({ name, version })),
  );
  const parts = {
    facts: declared.map(({ name }) => name),
    versions: Object.fromEntries(declared.map(({ name, version }) => [signalOf(name), version])),
    rules: policy.rules.flatMap(({ id, mode, action, facts, description }) =>
      mode === "off" ? [] : [{ id, mode, action: action ?? ("score" as const), facts, description }],
    ),
  };
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest();
  return { id: hash.readBigInt64BE().toString(), ...parts };
}
