import type { Context } from "../../context.ts";
import type { Site } from "../../sites/site.ts";
import type { RuleAction } from "../backtest/rules.ts";
import {
  countDay,
  countHits,
  countJudged,
  findMissingDays,
  type HitRow,
  type JudgedRow,
  measureWaits,
  type RuleKey,
  sumDays,
  type WaitRow,
} from "../store/statistics.ts";
import { type Share, wilsonOf } from "../wilson.ts";
import { idsOf, lastClosedDay, type Period, toDay } from "./period.ts";

type Counts = { matched: number; decided: number; judged: number; agreed: number };
type Sampled = { judged: number; agreed: number };

/** What one rule did in a period, by what was done: a rule whose check was down held, whatever it says. */
export type RuleStatistics = Counts & {
  /** `otherwise`: no rule decided. */
  id: string;
  /** A shadow rule only matched; judged are the comments that it matched. */
  mode: "live" | "shadow";
  action: RuleAction;
  /** Decided among all; and of what was held, what this rule held. */
  share: number;
  queueShare: number;
  reversed: number;
  precision: Share | null;
  /** Of the judged ones those that moderators saw by chance: the fair part. They were held as samples, so not decided. */
  sampled: Sampled & { precision: Share | null };
  /** Seconds that half of what it held waited at most for a moderator; null while none was handled. */
  medianQueueSeconds: number | null;
  versions: (Counts & { version: number | null })[];
};

export type SiteStatistics = Period & {
  /** False when there was no time to count all days: then these are left out, and asking again goes on. */
  complete: boolean;
  missingDays: string[];
  decisions: number;
  held: number;
  rules: RuleStatistics[];
};

/** Milliseconds that counting days which nobody asked for before may take. */
const COUNT_MS_MAX = 8_000;
const DAY_MS = 86_400_000;

/**
 * What each rule of a site did in a period and how right it was, whichever policy was in force. Days that are over are counted
 * once; what moderators made of it is looked up each time, since they may decide, and take back, at any time.
 */
export async function getRuleStatistics(ctx: Context, site: Site, period: Period): Promise<SiteStatistics> {
  const range = { siteId: site.id, ...idsOf(period) };
  const missingDays = await countClosedDays(ctx, site, period);
  const [closed, open, judged, waits] = await Promise.all([
    sumDays(ctx.db, site.id, period.from, period.to),
    countOpenDays(ctx, site, period),
    countJudged(ctx.db, range),
    measureWaits(ctx.db, range),
  ]);
  const decisions = closed.day.decisions + sumDecided(open);
  const held = closed.day.held + sumDecided(open.filter(({ action }) => action === "hold"));
  const rules = gather([...closed.hits, ...open], judged);
  return {
    ...period,
    complete: missingDays.length === 0,
    missingDays,
    decisions,
    held,
    rules: rules.map((rule) => finish(rule, { decisions, held, waits })),
  };
}

function sumDecided(hits: HitRow[]): number {
  return hits.reduce((sum, { decided }) => sum + decided, 0);
}

/** The days that could not be counted in time. */
async function countClosedDays(ctx: Context, site: Site, { from, to }: Period): Promise<string[]> {
  const closed = lastClosedDay(ctx.clock.now());
  if (from > closed) return [];
  const missing = await findMissingDays(ctx.db, site.id, from, to < closed ? to : closed);
  const startMs = performance.now();
  for (const [index, day] of missing.entries()) {
    if (performance.now() - startMs > COUNT_MS_MAX) return missing.slice(index).toReversed();
    await countDay(ctx.db, day, { siteId: site.id, ...idsOf({ from: day, to: day }) });
  }
  return [];
}

/** Today, and shortly after midnight yesterday too. */
async function countOpenDays(ctx: Context, site: Site, period: Period): Promise<HitRow[]> {
  const first = toDay(Date.parse(lastClosedDay(ctx.clock.now())) + DAY_MS);
  const from = period.from > first ? period.from : first;
  if (from > period.to) return [];
  return countHits(ctx.db, { siteId: site.id, ...idsOf({ from, to: period.to }) });
}

type Gathered = Counts & Pick<RuleStatistics, "id" | "mode" | "action" | "versions"> & { sampled: Sampled };

/** Sums by rule, mode and action, the busiest first. */
function gather(hits: HitRow[], judged: JudgedRow[]): Gathered[] {
  const rules = new Map<string, Gathered>();
  const add = ({ policy_version, rule: id, mode, action }: RuleKey, more: Partial<Counts>) => {
    const key = `${id} ${mode} ${action}`;
    const found = rules.get(key) ?? {
      id,
      mode,
      action,
      ...NOTHING,
      sampled: { judged: 0, agreed: 0 },
      versions: [],
    };
    rules.set(key, found);
    const version = policy_version === 0 ? null : policy_version;
    let ofVersion = found.versions.find((one) => one.version === version);
    if (!ofVersion) {
      ofVersion = { version, ...NOTHING };
      found.versions.push(ofVersion);
    }
    for (const name of COUNTS) {
      found[name] += more[name] ?? 0;
      ofVersion[name] += more[name] ?? 0;
    }
    return found;
  };
  for (const row of hits) add(row, { matched: row.matched, decided: row.decided });
  for (const row of judged) {
    const { sampled } = add(row, { judged: row.judged, agreed: row.agreed });
    sampled.judged += row.sampled;
    sampled.agreed += row.sampled_agreed;
  }
  for (const { versions } of rules.values()) versions.sort((a, b) => (b.version ?? 0) - (a.version ?? 0));
  return [...rules.values()].toSorted(
    (a, b) => b.decided - a.decided || b.matched - a.matched || (a.id < b.id ? -1 : 1),
  );
}

const COUNTS = ["matched", "decided", "judged", "agreed"] as const;
const NOTHING: Counts = { matched: 0, decided: 0, judged: 0, agreed: 0 };

type Whole = { decisions: number; held: number; waits: WaitRow[] };

function finish(rule: Gathered, { decisions, held, waits }: Whole): RuleStatistics {
  const isQueue = rule.mode === "live" && rule.action === "hold";
  const wait = isQueue ? waits.find((one) => one.rule === rule.id) : undefined;
  return {
    ...rule,
    share: decisions === 0 ? 0 : rule.decided / decisions,
    queueShare: isQueue && held > 0 ? rule.decided / held : 0,
    reversed: rule.judged - rule.agreed,
    precision: wilsonOf(rule.agreed, rule.judged),
    sampled: { ...rule.sampled, precision: wilsonOf(rule.sampled.agreed, rule.sampled.judged) },
    medianQueueSeconds: wait?.median_seconds ?? null,
  };
}
