import { createHash } from "node:crypto";
import { normaliseEmail } from "../accounts/email.ts";
import { emailAad } from "../accounts/keys.ts";
import { findIpListEntry, ipNetwork } from "../accounts/ip.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { RequestFacts } from "./request-facts.ts";
import { SWEEP_AFTER_SECONDS } from "../queue/outbox.ts";
import { canonicalUrl } from "../sites/canonical-url.ts";
import type { LimitState } from "../sites/rate-limits.ts";
import type { Site } from "../sites/site.ts";
import { sealSender } from "./sender.ts";
import { type EventComment, eventPayload } from "../webhooks/events.ts";
import { issueEditToken } from "./edit-token.ts";
import { type FormTokenCheck, verifyFormToken } from "./form-token.ts";
import type { Submission } from "./intake.ts";
import type { SubmissionFields } from "./schema.ts";
import type { CommentStatus } from "./status.ts";
import { type ExistingSubmission, findByDedupeKey, findObstacles } from "./store/insert.ts";
import { isClosed, openThread, type Thread } from "./thread.ts";

export type SubmitCommentInput = {
  site: Site;
  fields: SubmissionFields;
  /** What the caller gave as Idempotency-Key; it lives as long as the comment does. */
  idempotencyKey: string | null;
  /** The sender's address, already seen through the trusted proxies. */
  ip: string;
  /** What the sender's browser calls itself; kept only where an external check wants it. */
  userAgent?: string | null;
  honeypotFilled: boolean;
  requestId: string | null;
};

export type SubmittedComment = {
  id: string;
  status: CommentStatus;
  /** For its author alone; null when this was a repeat by someone who may not be the author. */
  editToken: string | null;
  thread: Thread;
  /** True when this submission had already been taken: nothing new was made. */
  replayed: boolean;
  limit: LimitState;
};

/** A repeat from the same address within this time is a double click, and gets the first answer again, milliseconds. */
const DOUBLE_CLICK_MS = 10 * 60 * 1_000;
const INSERT_ATTEMPTS_MAX = 3;

/**
 * Takes a reader's comment: cheap refusals, then one transaction with the comment (`pending`), what is owed to its check, and
 * its event. Resolves only after the commit.
 * @throws AppError `invalid_input`, `not_found`, `conflict` (`thread_closed`, `duplicate_comment`), `rate_limited`, `unavailable`
 */
export async function submitComment(ctx: Context, input: SubmitCommentInput): Promise<SubmittedComment> {
  const { site, fields } = input;
  const email = normaliseEmail(fields.email);
  const emailHash = ctx.keys.emailHash(site.id, email);
  const networkHash = ctx.keys.ipHash(site.id, ipNetwork(input.ip) ?? input.ip);
  const limit = await ctx.limits.spendSubmission(site, {
    network: networkHash.toString("base64url"),
    author: emailHash.toString("base64url"),
  });
  const thread = await openThread(ctx, site, {
    key: fields.threadKey,
    url: fields.url,
    title: titleOf(ctx, input),
  });
  if (isClosed(thread, ctx.clock.now())) throw threadClosed();
  const prepared = prepare(ctx, input, { email, emailHash, networkHash, thread });
  return putIn(ctx, input, { ...prepared, thread, limit });
}

/** A thread takes its title from a form that Parley made for it, or later from its publisher; anyone could send any other. */
function titleOf(ctx: Context, { site, fields }: SubmitCommentInput): string | null {
  if (fields.title === null) return null;
  const threadKey = fields.threadKey ?? (fields.url === null ? null : canonicalUrl(fields.url));
  if (threadKey === null) return null;
  return readToken(ctx, site, fields.token, threadKey).state === "valid" ? fields.title : null;
}

/** By any of the instance's secrets, so that a rotation does not spoil the forms that are open. */
function readToken(ctx: Context, site: Site, token: string | null, threadKey: string): FormTokenCheck {
  const nowMs = ctx.clock.nowMs();
  const maxAgeMs = site.settings.limits.formAgeSecondsMax * 1_000;
  const checks = ctx.keys.formTokens.map((key) =>
    verifyFormToken(key, token, { siteKey: site.key, threadKey, nowMs, maxAgeMs }),
  );
  return checks.find(({ state }) => state !== "invalid") ?? { state: "invalid", ageMs: null, nonce: null };
}

type Derived = { email: string; emailHash: Buffer; networkHash: Buffer; thread: Thread };

function prepare(
  ctx: Context,
  input: SubmitCommentInput,
  derived: Derived,
): Submission & { nonce: string | null } {
  const { site, fields } = input;
  const { thread, emailHash } = derived;
  const createdAt = ctx.clock.now();
  const id = newId(createdAt.getTime());
  const token = readToken(ctx, site, fields.token, thread.key);
  const facts: RequestFacts = {
    form: { token: token.state, ageMs: token.ageMs, honeypotFilled: input.honeypotFilled },
    ipListEntry: findIpListEntry(input.ip, site.settings.lists.blockedIps),
  };
  const payload = payloadHash(fields, thread.id, emailHash);
  const nonce = token.state === "valid" ? token.nonce : null;
  const ipHash = ctx.keys.ipHash(site.id, input.ip);
  const comment: EventComment = {
    id,
    siteKey: site.key,
    thread: { key: thread.key, url: thread.url, title: thread.title },
    parentId: fields.parentId,
    name: fields.name,
    website: fields.website,
    body: fields.body,
    revision: 1,
    createdAt,
  };
  return {
    nonce,
    row: {
      id,
      siteId: site.id,
      threadId: thread.id,
      parentId: fields.parentId,
      emailHash,
      emailSealed: ctx.keys.box.seal(derived.email, emailAad(site.id)),
      name: fields.name,
      website: fields.website,
      body: fields.body,
      dedupeKey: dedupeKey(ctx, input, { origin: nonce ?? ipHash.toString("base64url"), payload }),
      payloadHash: payload,
      requestFacts: JSON.stringify(facts),
      ipHash,
      networkHash: derived.networkHash,
      senderSealed: site.keepsSender
        ? sealSender(ctx.keys.box, id, { ip: input.ip, userAgent: input.userAgent ?? null })
        : null,
      depthMax: site.settings.limits.depthMax,
      requestId: input.requestId,
      createdAt,
      dueAt: new Date(createdAt.getTime() + SWEEP_AFTER_SECONDS * 1_000),
      event: {
        id: newId(createdAt.getTime()),
        payload: eventPayload({
          type: "comment.submitted",
          comment,
          status: "pending",
          version: 1,
          decision: null,
          at: createdAt,
        }),
      },
    },
  };
}

/**
 * What makes two submissions one: the caller's key; else the same words of the same author in the same place, from the same
 * form (going back and saying something else with it is a new comment) or the same address. From elsewhere they are a comment
 * of their own: telling a stranger "you said this already" would tell them whose e-mail address they guessed.
 */
function dedupeKey(ctx: Context, input: SubmitCommentInput, of: { origin: string; payload: Buffer }): Buffer {
  const { id } = input.site;
  if (input.idempotencyKey !== null) return ctx.keys.submissionHash(`key\n${id}\n${input.idempotencyKey}`);
  return ctx.keys.submissionHash(`text\n${id}\n${of.origin}\n${of.payload.toString("base64url")}`);
}

/** Of what was said, where and by whom; the name is how they sign, not who they are. */
function payloadHash(fields: SubmissionFields, threadId: string, emailHash: Buffer): Buffer {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([threadId, fields.parentId, fields.body]));
  return hash.update(emailHash).digest().subarray(0, 16);
}

type Prepared = Submission & { nonce: string | null; thread: Thread; limit: LimitState };

async function putIn(ctx: Context, input: SubmitCommentInput, prepared: Prepared): Promise<SubmittedComment> {
  const { row, thread, limit } = prepared;
  for (let attempt = 1; attempt <= INSERT_ATTEMPTS_MAX; attempt += 1) {
    if ((await ctx.intake.put(prepared)) === "inserted") {
      ctx.metrics.submissions.inc({ outcome: "accepted" });
      const editToken = issueEditToken(ctx.keys.editToken, row.id);
      return { id: row.id, status: "pending", editToken, thread, replayed: false, limit };
    }
    const existing = await findByDedupeKey(ctx.db, row.dedupeKey);
    if (existing) return replay(ctx, input, prepared, existing);
    const obstacles = await findObstacles(ctx.db, row.threadId, row.parentId, row.createdAt);
    if (!obstacles || obstacles.thread_closed) throw threadClosed();
    if (row.parentId !== null && !obstacles.parent_found) throw parentGone();
    if (row.parentId !== null && (obstacles.parent_depth ?? 0) >= row.depthMax) throw tooDeep(row.depthMax);
    // Nothing in the way: another group was just making the same author.
  }
  throw new AppError("unavailable", "The comment could not be stored just now.", { retryAfterSeconds: 2 });
}

function replay(
  ctx: Context,
  input: SubmitCommentInput,
  { row, nonce, thread, limit }: Prepared,
  existing: ExistingSubmission,
): SubmittedComment {
  if (!existing.payload_hash.equals(row.payloadHash)) {
    throw new AppError("invalid_input", "This Idempotency-Key was used for another comment.", {
      reason: "idempotency_key_reused",
      fields: [{ path: "Idempotency-Key", message: "already used with other content" }],
    });
  }
  // Only who knows the key or the form, or clicks twice from the same place, is told of it; the token needs the place.
  const sameSender = existing.ip_hash?.equals(row.ipHash) ?? false;
  const doubleClick = sameSender && row.createdAt.getTime() - existing.created_at.getTime() < DOUBLE_CLICK_MS;
  if (input.idempotencyKey === null && nonce === null && !doubleClick) {
    throw new AppError("conflict", "You have already said this here.", { reason: "duplicate_comment" });
  }
  ctx.metrics.submissions.inc({ outcome: "replayed" });
  const editToken = sameSender ? issueEditToken(ctx.keys.editToken, existing.id) : null;
  return { id: existing.id, status: existing.status, editToken, thread, replayed: true, limit };
}

function threadClosed(): AppError {
  return new AppError("conflict", "Comments on this article are closed.", { reason: "thread_closed" });
}

function parentGone(): AppError {
  return new AppError("conflict", "The comment you reply to is no longer there.", {
    reason: "parent_not_published",
  });
}

function tooDeep(depthMax: number): AppError {
  return new AppError("invalid_input", "This conversation is as deep as it can be.", {
    fields: [{ path: "parentId", message: `replies go at most ${depthMax} levels deep` }],
  });
}
