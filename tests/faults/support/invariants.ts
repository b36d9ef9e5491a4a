import { type Database, statement } from "../../../src/db/database.ts";
import { replayDecisions } from "../../../src/moderation/replay.ts";
import type { Hooks } from "./hooks.ts";
import type { Acknowledged } from "./load.ts";

/** What may be shown of many. */
const EXAMPLES_MAX = 3;

/**
 * What must hold once nothing is owed any more, however the processes were treated: each comment that was taken exists
 * once with one decision, its events were delivered, and every counter is right. Returns a line per thing that does not.
 */
export async function findViolations(
  db: Database,
  { acknowledged, hooks }: { acknowledged: readonly Acknowledged[]; hooks: Hooks },
): Promise<string[]> {
  const lines = [
    ...(await wrongComments(db, acknowledged)),
    ...(await wrongDeliveries(db, hooks)),
    ...hooks.problems.slice(0, EXAMPLES_MAX),
  ];
  for (const [index, [rule, text]] of Object.entries(RULES).entries()) {
    const rows = await db.run(statement<{ row: unknown }>(`faults.rule-${index}`, text), []);
    if (rows.length > 0)
      lines.push(
        describe(
          rule,
          rows.map(({ row }) => row),
        ),
      );
  }
  const replay = await replayDecisions({ db }, { site: null });
  if (replay.mismatchCount > 0) lines.push(describe("the log replays to the status", replay.mismatches));
  return lines;
}

function describe(rule: string, examples: readonly unknown[]): string {
  return `violated ${examples.length} times: ${rule}, e.g. ${JSON.stringify(examples.slice(0, EXAMPLES_MAX))}`;
}

const COMMENTS = statement<{ id: string; body: string; status: string }>(
  "faults.comments",
  "select id, body, status from comments",
);

/** Taken and present must be the same: no comment is lost, none is there twice or without a request. */
async function wrongComments(db: Database, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const rows = await db.run(COMMENTS, []);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lost = acknowledged.filter(({ id, comment }) => byId.get(id)?.body !== comment.body);
  const misjudged = acknowledged.filter(({ id, comment }) => byId.get(id)?.status !== comment.expected);
  const ids = new Set(acknowledged.map(({ id }) => id));
  const surplus = rows.filter((row) => !ids.has(row.id));
  const twice = rows.length - new Set(rows.map((row) => row.body)).size;
  return [
    ...(ids.size === acknowledged.length ? [] : ["violated: no two comments are answered with one id"]),
    ...(lost.length === 0 ? [] : [describe("what was taken exists", lost)]),
    ...(misjudged.length === 0 ? [] : [describe("the decision is the policy's", misjudged)]),
    ...(surplus.length === 0 ? [] : [describe("what exists was asked for", surplus)]),
    ...(twice === 0 ? [] : [`violated ${twice} times: no comment exists twice`]),
  ];
}

const EVENTS = statement<{ id: string; payload: string }>("faults.events", "select id, payload from events");

/** The receiver has every event, of the bytes in the ledger, and nothing else. */
async function wrongDeliveries(db: Database, hooks: Hooks): Promise<string[]> {
  const events = await db.run(EVENTS, []);
  const missing = events.filter(({ id }) => (hooks.received.get(id)?.accepted ?? 0) === 0);
  const changed = events.filter(
    ({ id, payload }) => (hooks.received.get(id)?.payload ?? payload) !== payload,
  );
  const ids = new Set(events.map(({ id }) => id));
  const unknown = [...hooks.received.keys()].filter((id) => !ids.has(id));
  return [
    ...(missing.length === 0 ? [] : [describe("every event is received", missing)]),
    ...(changed.length === 0 ? [] : [describe("every attempt sends the ledger's bytes", changed)]),
    ...(unknown.length === 0 ? [] : [describe("no event is told that did not happen", unknown)]),
  ];
}

/** Each selects the rows that break it. */
const RULES: Record<string, string> = {
  "nothing is owed": "select to_json(o) as row from outbox o",
  "each comment has one decision, and it is the effective one": `
    select json_build_object('id', c.id, 'status', c.status, 'decisions', count(d.id)) as row
    from comments c left join decisions d on d.comment_id = c.id
    group by c.id
    having c.status = 'pending' or count(d.id) <> 1 or max(d.to_status) <> c.status or max(d.actor_kind) <> 'policy'
      or max(d.comment_version) <> c.version or c.version <> 2`,
  "no decision is without its comment": `
    select to_json(d.id) as row from decisions d where not exists (select from comments c where c.id = d.comment_id)`,
  "each comment has two events, of its birth and of its decision": `
    select json_build_object('id', c.id, 'events', array_agg(e.type)) as row
    from comments c left join events e on e.comment_id = c.id
    group by c.id
    having count(e.id) <> 2 or count(*) filter (where e.type = 'comment.submitted') <> 1
      or count(*) filter (where e.type = 'comment.' || c.status) <> 1`,
  "no event is without its comment": `
    select to_json(e.id) as row from events e where not exists (select from comments c where c.id = e.comment_id)`,
  "each event is delivered to each endpoint": `
    select json_build_object('event', e.id, 'endpoint', p.id, 'status', d.status) as row
    from events e join endpoints p on p.site_id = e.site_id
    left join deliveries d on d.event_id = e.id and d.endpoint_id = p.id
    where d.status is distinct from 'delivered'`,
  "no delivery is without its event and endpoint": `
    select to_json(d) as row from deliveries d
    where not exists (select from events e where e.id = d.event_id)
      or not exists (select from endpoints p where p.id = d.endpoint_id)`,
  "each attempt that counts is written down, and one delivered": `
    select json_build_object('delivery', d.id, 'attempts', d.attempts, 'written', count(a.number)) as row
    from deliveries d left join delivery_attempts a on a.delivery_id = d.id
    group by d.id
    having count(a.number) <> d.attempts or count(*) filter (where a.outcome = 'delivered') <> 1`,
  "each comment knows its source": `
    select to_json(c.id) as row from comments c
    where not exists (select from comment_sources s where s.comment_id = c.id)
      or not exists (select from fingerprints f where f.comment_id = c.id)`,
  "threads count what is published": `
    select json_build_object('thread', t.id, 'count', t.published_count, 'recount', count(c.id)) as row
    from threads t left join comments c on c.thread_id = t.id and c.status = 'published'
    group by t.id having t.published_count <> count(c.id)`,
  "comments count their published replies": `
    select json_build_object('comment', p.id, 'count', p.reply_count, 'recount', count(c.id)) as row
    from comments p left join comments c on c.parent_id = p.id and c.status = 'published'
    group by p.id having p.reply_count <> count(c.id)`,
  "authors count what became of their comments": `
    select to_json(a.id) as row
    from authors a left join comments c on c.author_id = a.id
    group by a.id
    having a.published_count <> count(*) filter (where c.status = 'published')
      or a.held_count <> count(*) filter (where c.status = 'held')
      or a.rejected_count <> count(*) filter (where c.status = 'rejected')
      or a.spam_count <> count(*) filter (where c.status = 'spam')`,
};
