import { type Database, statement } from "../../db/database.ts";
import type { RuleAction } from "../backtest/rules.ts";
import { NO_RULE, SAMPLE_RULE } from "../policy/document.ts";
import { isEffective } from "./verdicts.ts";

/** What a rule is counted by. */
export type RuleKey = {
  /** 0: none was recorded. */
  policy_version: number;
  rule: string;
  mode: "live" | "shadow";
  action: RuleAction;
};
export type HitRow = RuleKey & { matched: number; decided: number };
export type DayRow = { decisions: number; held: number };

/** Decisions with ids from one to before another: a stretch of an index. */
export type IdRange = { siteId: number; fromId: string; toId: string };

const entriesOf = (trace: string) =>
  `json_array_elements(case when json_typeof(${trace}) = 'array' then ${trace} else '[]' end)`;

// Only rules that matched, or could not be looked at, are objects in a trace (record.ts).
const HITS = `
  past as materialized (
    select coalesce(policy_version, 0) as policy_version, actor, action, trace from decisions
    where site_id = $1 and actor_kind = 'policy' and id >= $2::uuid and id < $3::uuid
  ), hits as (
    select policy_version, rule, mode, action, sum(matched)::int as matched, sum(decided)::int as decided from (
      select policy_version, actor as rule, 'live' as mode, action, 0 as matched, 1 as decided from past
      union all
      select p.policy_version, e.entry->>'id', e.entry->>'mode', e.entry->>'action', 1, 0
      from past p cross join lateral ${entriesOf("p.trace")} e(entry)
      where json_typeof(e.entry) = 'object' and e.entry->>'outcome' = 'matched'
    ) one group by policy_version, rule, mode, action
  )`;

const COUNT_DAY = statement(
  "statistics.count-day",
  `with ${HITS}, day as (
     insert into rule_days (site_id, day, decisions, held)
     select $1, $4::date, count(*), count(*) filter (where action = 'hold') from past
     on conflict do nothing returning day
   )
   insert into rule_hits (site_id, day, policy_version, rule, mode, action, matched, decided)
   select $1, day, policy_version, rule, mode, action, matched, decided from hits, day`,
);

/** Counts a day that is over and keeps it; does nothing when another process was faster. */
export async function countDay(db: Database, day: string, { siteId, fromId, toId }: IdRange): Promise<void> {
  await db.run(COUNT_DAY, [siteId, fromId, toId, day]);
}

const MISSING_DAYS = statement<{ day: string }>(
  "statistics.missing-days",
  `select to_char(d, 'YYYY-MM-DD') as day from generate_series($2::date::timestamp, $3::date::timestamp, '1 day') d
   where not exists (select from rule_days r where r.site_id = $1 and r.day = d::date) order by d desc`,
);

/** The days of a period that are not counted yet, the latest first. */
export async function findMissingDays(
  db: Database,
  siteId: number,
  from: string,
  to: string,
): Promise<string[]> {
  return (await db.run(MISSING_DAYS, [siteId, from, to])).map(({ day }) => day);
}

const SUM_DAYS = statement<DayRow>(
  "statistics.sum-days",
  `select coalesce(sum(decisions), 0)::int as decisions, coalesce(sum(held), 0)::int as held from rule_days
   where site_id = $1 and day between $2::date and $3::date`,
);

const SUM_HITS = statement<HitRow>(
  "statistics.sum-hits",
  `select policy_version, rule, mode, action, sum(matched)::int as matched, sum(decided)::int as decided from rule_hits
   where site_id = $1 and day between $2::date and $3::date group by policy_version, rule, mode, action`,
);

export async function sumDays(
  db: Database,
  siteId: number,
  from: string,
  to: string,
): Promise<{ day: DayRow; hits: HitRow[] }> {
  const values = [siteId, from, to];
  const [[day], hits] = await Promise.all([db.run(SUM_DAYS, values), db.run(SUM_HITS, values)]);
  return { day: day ?? { decisions: 0, held: 0 }, hits };
}

const COUNT_HITS = statement<HitRow>("statistics.count-hits", `with ${HITS} select * from hits`);

/** As they are now, for a day that is not over. */
export async function countHits(db: Database, { siteId, fromId, toId }: IdRange): Promise<HitRow[]> {
  return db.run(COUNT_HITS, [siteId, fromId, toId]);
}

export type JudgedRow = RuleKey & { judged: number; agreed: number; sampled: number; sampled_agreed: number };

// Starts from the moderators' decisions, of which there are few, and not from the policy's.
const COUNT_JUDGED = statement<JudgedRow>(
  "statistics.judged",
  `with last as (
     select distinct on (m.comment_id, m.comment_revision) m.comment_id, m.comment_revision, m.comment_version,
       m.action as verdict
     from decisions m
     where m.site_id = $1 and m.actor_kind = 'moderator' and m.id >= $2::uuid and ${isEffective("m")}
     order by m.comment_id, m.comment_revision, m.comment_version desc
   ), judged as (
     select coalesce(d.policy_version, 0) as policy_version, d.actor, d.action, d.trace, l.verdict,
       case when d.actor = '${SAMPLE_RULE}' and json_typeof(d.trace) = 'array' then d.trace->-1->'sampled' end as sampled
     from last l join decisions d on d.comment_id = l.comment_id and d.comment_revision = l.comment_revision
       and d.actor_kind = 'policy' and d.comment_version < l.comment_version and d.id >= $2::uuid and d.id < $3::uuid
     where l.verdict <> 'hold'
   ), uses as (
     select policy_version, 'live' as mode, verdict, sampled is not null as is_sampled,
       case when sampled is null then actor else coalesce(sampled->>'ruleId', '${NO_RULE}') end as rule,
       case when sampled is null then action else sampled->>'action' end as action
     from judged
     union all
     select j.policy_version, 'shadow', j.verdict, j.sampled is not null, e.entry->>'id', e.entry->>'action'
     from judged j cross join lateral ${entriesOf("j.trace")} e(entry)
     where json_typeof(e.entry) = 'object' and e.entry->>'outcome' = 'matched' and e.entry->>'mode' = 'shadow'
       and e.entry->>'action' <> 'score'
   )
   select policy_version, rule, mode, action, count(*)::int as judged,
     (count(*) filter (where (action = 'publish') = (verdict = 'publish')))::int as agreed,
     (count(*) filter (where is_sampled))::int as sampled,
     (count(*) filter (where is_sampled and (action = 'publish') = (verdict = 'publish')))::int as sampled_agreed
   from uses group by policy_version, rule, mode, action`,
);

/**
 * What moderators made of the automatic decisions of a period, whenever they did. A sampled comment counts for the rule that
 * would have decided it, and for what it would have done.
 */
export async function countJudged(db: Database, { siteId, fromId, toId }: IdRange): Promise<JudgedRow[]> {
  return db.run(COUNT_JUDGED, [siteId, fromId, toId]);
}

export type WaitRow = { rule: string; handled: number; median_seconds: number };

const MEASURE_WAITS = statement<WaitRow>(
  "statistics.waits",
  `with first as (
     select m.comment_id, m.comment_revision, min(m.created_at) as at, min(m.comment_version) as comment_version
     from decisions m
     where m.site_id = $1 and m.actor_kind = 'moderator' and m.id >= $2::uuid and m.action not in ('undo', 'hold')
     group by m.comment_id, m.comment_revision
   )
   select d.actor as rule, count(*)::int as handled,
     percentile_cont(0.5) within group (order by extract(epoch from f.at - d.created_at)::float8) as median_seconds
   from first f join decisions d on d.comment_id = f.comment_id and d.comment_revision = f.comment_revision
     and d.actor_kind = 'policy' and d.action = 'hold' and d.comment_version < f.comment_version
     and d.id >= $2::uuid and d.id < $3::uuid
   group by d.actor`,
);

/** How long what a rule held waited for the first moderator who decided, whether or not that was taken back. */
export async function measureWaits(db: Database, { siteId, fromId, toId }: IdRange): Promise<WaitRow[]> {
  return db.run(MEASURE_WAITS, [siteId, fromId, toId]);
}
