import type { PolicyDocument, Threshold } from "./document.ts";

/** What the scoring rules of a policy add up to for one comment. */
export type Score = {
  /** Of the live rules, each group within its cap. */
  total: number;
  /** The same with the shadow rules, had they been live. */
  withShadow: number;
  /** Sums of the live rules by group, within their caps; rules without a group count as they are. */
  groups: Record<string, number>;
};

type Points = { group: string | null; points: number; isLive: boolean };

/**
 * Adds up. No group counts for more than its cap, in either direction, so that no family of signs decides alone (the design
 * of rspamd's metric groups, https://docs.rspamd.com).
 */
export function tallyScore(scored: readonly Points[], caps: PolicyDocument["groups"]): Score {
  const live = sumGroups(
    scored.filter(({ isLive }) => isLive),
    caps,
  );
  const all = sumGroups(scored, caps);
  const groups: Record<string, number> = {};
  for (const [group, sum] of live) if (group !== null) groups[group] = round(sum);
  return { total: total(live), withShadow: total(all), groups };
}

function sumGroups(scored: readonly Points[], caps: PolicyDocument["groups"]): Map<string | null, number> {
  const sums = new Map<string | null, number>();
  for (const { group, points } of scored) sums.set(group, (sums.get(group) ?? 0) + points);
  for (const [group, sum] of sums) {
    const cap = group === null ? undefined : caps[group]?.cap;
    if (cap !== undefined) sums.set(group, Math.min(cap, Math.max(-cap, sum)));
  }
  return sums;
}

function total(sums: ReadonlyMap<string | null, number>): number {
  let sum = 0;
  for (const points of sums.values()) sum += points;
  return round(sum);
}

/** To four decimals: what is told and kept is what was compared. */
function round(points: number): number {
  return Math.round(points * 10_000) / 10_000;
}

/** The threshold with the highest bar that the total reached. */
export function thresholdFor(total: number, thresholds: readonly Threshold[]): Threshold | undefined {
  return thresholds.find(({ at }) => total >= at);
}

/** Highest bar first. */
export function orderThresholds(given: PolicyDocument["thresholds"]): Threshold[] {
  const actions = ["hold", "reject", "spam"] as const;
  return actions
    .flatMap((action): Threshold[] => {
      const threshold = given[action];
      return threshold ? [{ action, ...threshold }] : [];
    })
    .toSorted((a, b) => b.at - a.at);
}
