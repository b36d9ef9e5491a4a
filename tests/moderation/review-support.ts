import { authenticate } from "../../src/accounts/authenticate.ts";
import type { Principal } from "../../src/accounts/principal.ts";
import type { Scope } from "../../src/accounts/scopes.ts";
import type { Clock } from "../../src/clock.ts";
import { publishDecisions } from "../../src/comments/publish.ts";
import type { DecisionAction } from "../../src/comments/status.ts";
import { findCommentRows } from "../../src/comments/store/find.ts";
import { toProposalComment } from "../../src/comments/to-proposal.ts";
import type { Context } from "../../src/context.ts";
import { type QueueQuery, queueQuerySchema } from "../../src/moderation/review/schema.ts";
import type { Site } from "../../src/sites/site.ts";
import { createTestToken, submitTestComment, type TestCommentInput } from "../support/fixtures.ts";

export type Checked = { status?: keyof typeof ACTIONS; rule?: string; reason?: string; priority?: number };

/** A comment that the policy has decided, without the workers: tests choose the rule and the outcome. */
export async function checkedComment(
  ctx: Context,
  site: Site,
  checked: Checked = {},
  input: TestCommentInput = {},
): Promise<string> {
  const { id } = await submitTestComment(ctx, site, input);
  await check(ctx, site, [id], checked);
  return id;
}

export async function checkedComments(ctx: Context, site: Site, count: number): Promise<string[]> {
  const submitted = await Promise.all(Array.from({ length: count }, () => submitTestComment(ctx, site)));
  const ids = submitted.map(({ id }) => id);
  await check(ctx, site, ids, {});
  return ids;
}

async function check(ctx: Context, site: Site, ids: string[], checked: Checked): Promise<void> {
  const { status = "held", rule = "many-links", reason = "links", priority = 0 } = checked;
  const rows = await findCommentRows(ctx.db, site.id, ids);
  const action = ACTIONS[status];
  const facts = ["links.count"];
  const description = "Three or more links";
  const evidence = JSON.stringify({
    values: { "links.count": 3 },
    versions: { links: 1 },
    more: { "links.count": { spans: [{ start: 0, end: 4 }] } },
  });
  const matched = {
    id: rule,
    mode: "live" as const,
    outcome: "matched" as const,
    action,
    facts,
    description,
  };
  const trace = JSON.stringify([matched]);
  const applied = await publishDecisions(
    ctx,
    rows.map((row) => ({
      comment: toProposalComment(row),
      toStatus: status,
      actor: { kind: "policy", name: rule },
      action,
      reason,
      policyVersion: 1,
      priority,
      evidence,
      trace,
    })),
  );
  if (applied.length !== ids.length) throw new Error("not all decided");
}

const ACTIONS = {
  published: "publish",
  held: "hold",
  rejected: "reject",
  spam: "spam",
} as const satisfies Record<string, DecisionAction>;

/** A moderator with a token of their own; for one site unless `site` is null. */
export async function signIn(
  ctx: Context,
  site: Site | null,
  options: { name?: string; scopes?: Scope[] } = {},
): Promise<Principal> {
  return authenticate(ctx, await createTestToken(ctx, { kind: "mod", site, ...options }));
}

export function toQuery(query: Record<string, unknown> = {}): QueueQuery {
  return queueQuerySchema.parse(query);
}

/** What the moderator saw. */
export async function versionOf(ctx: Context, id: string): Promise<number> {
  return (await commentState(ctx, id)).version;
}

export async function commentState(ctx: Context, id: string) {
  return ctx.db.kysely
    .selectFrom("comments")
    .select(["status", "version", "reason", "decided_by", "priority", "author_id", "thread_id"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

/** Sums that must agree with the comments at any time. */
export async function counters(ctx: Context, id: string) {
  const { author_id: authorId, thread_id: threadId } = await commentState(ctx, id);
  const author = await ctx.db.kysely
    .selectFrom("authors")
    .select(["published_count", "held_count", "rejected_count", "spam_count"])
    .where("id", "=", authorId)
    .executeTakeFirstOrThrow();
  const thread = await ctx.db.kysely
    .selectFrom("threads")
    .select("published_count")
    .where("id", "=", threadId)
    .executeTakeFirstOrThrow();
  return { ...author, thread: thread.published_count };
}

export async function eventTypes(ctx: Context, id: string): Promise<string[]> {
  const rows = await ctx.db.kysely
    .selectFrom("events")
    .select("type")
    .where("comment_id", "=", id)
    .orderBy("id")
    .execute();
  return rows.map((row) => row.type);
}

export async function decisionCount(ctx: Context, id: string): Promise<number> {
  const rows = await ctx.db.kysely
    .selectFrom("decisions")
    .select("id")
    .where("comment_id", "=", id)
    .execute();
  return rows.length;
}

/** Kinds of work that are owed for a comment. */
export async function owedFor(ctx: Context, id: string): Promise<string[]> {
  const rows = await ctx.db.kysely
    .selectFrom("outbox")
    .select("topic")
    .where("key", "=", id)
    .orderBy("topic")
    .execute();
  return rows.map(({ topic }) => topic);
}

/** A clock that only moves when told to. */
export function manualClock(): Clock & { advance(seconds: number): void } {
  let ms = Date.now();
  return {
    now: () => new Date(ms),
    nowMs: () => ms,
    advance: (seconds) => {
      ms += seconds * 1_000;
    },
  };
}
