import type { PastRecord } from "./read-record.ts";

/** A signal that the policy asks and that had nothing to say of the oldest decisions. */
export type UnknownSignal = { signal: string; facts: string[]; comments: number };
/** A signal that works otherwise today than it did for some of the decisions. */
export type ChangedSignal = {
  signal: string;
  /** Of today. */
  version: number;
  earlier: { version: number; comments: number }[];
};

export type UnknownTally = {
  /** To be called from the latest decision to the oldest. @param ran signals that are known to have been asked. */
  add(record: Pick<PastRecord, "versions">, ran?: readonly string[]): void;
  /** Comments that lack at least one of the signals. */
  comments(): number;
  unknown(): UnknownSignal[];
  changed(): ChangedSignal[];
};

/**
 * Counts what stored evidence cannot tell. A signal that finds nothing leaves no trace, so its absence from one decision
 * means nothing; but all decisions before the first in which it ever appears were most likely made without it. Of the model the log
 * itself says whether it was asked.
 * @param facts those that the policy mentions. @param versions of the signals as they are now.
 */
export function createUnknowns(
  facts: readonly string[],
  versions: ReadonlyMap<string, number>,
): UnknownTally {
  const bySignal = Map.groupBy(facts, (fact) => fact.slice(0, fact.indexOf(".")));
  const signals = [...bySignal].map(([signal, names]) => ({
    signal,
    facts: names,
    current: versions.get(signal),
    /** Decisions since it was last seen, going back in time. */
    silent: 0,
    older: new Map<number, number>(),
  }));
  return {
    add(record, ran = []) {
      for (const one of signals) {
        const version = record.versions[one.signal];
        one.silent = version === undefined && !ran.includes(one.signal) ? one.silent + 1 : 0;
        if (typeof version === "number" && version !== one.current)
          one.older.set(version, (one.older.get(version) ?? 0) + 1);
      }
    },
    // Each is a stretch at the old end, so the longest holds all the others.
    comments: () => Math.max(0, ...signals.map(({ silent }) => silent)),
    unknown: () =>
      signals
        .filter(({ silent }) => silent > 0)
        .map(({ signal, facts: names, silent }) => ({ signal, facts: names, comments: silent })),
    changed: () =>
      signals.flatMap(({ signal, current, older }) => {
        if (current === undefined || older.size === 0) return [];
        const earlier = [...older].map(([version, comments]) => ({ version, comments }));
        return [{ signal, version: current, earlier }];
      }),
  };
}
