import type { Principal } from "../../accounts/principal.ts";
import { emailAad } from "../../accounts/keys.ts";
import type { AuthorStatus, CommentStatus } from "../../comments/status.ts";
import type { Context } from "../../context.ts";
import type { ActorKind } from "../../db/tables.ts";
import { explainStored } from "./explain-stored.ts";
import type { AuthorRow } from "./store/authors.ts";
import type { SummaryRow } from "./store/summaries.ts";

/** Who decided: a rule of the policy (`otherwise` when none did), a moderator, the author or the system. */
export type Actor = { kind: ActorKind; name: string };

export type ReviewAuthor = {
  id: string;
  name: string;
  status: AuthorStatus;
  published: number;
  held: number;
  rejected: number;
  spam: number;
  firstSeenAt: Date;
};

export type ReviewSummary = {
  id: string;
  site: string;
  status: CommentStatus;
  /** To be sent back with a decision. */
  version: number;
  /** Of the text; raised by an edit. */
  revision: number;
  priority: number;
  parentId: string | null;
  depth: number;
  replyCount: number;
  name: string;
  website: string | null;
  body: string;
  /** Lists show {@link LISTED_BODY_CHARS_MAX} characters at most. */
  bodyTruncated: boolean;
  createdAt: Date;
  editedAt: Date | null;
  statusAt: Date;
  decidedBy: Actor | null;
  decidedAt: Date | null;
  reason: string | null;
  /** Why the policy did what it did, in a few sentences; null before it has. */
  explanation: string | null;
  author: ReviewAuthor;
  thread: { id: string; key: string; url: string; title: string | null };
};

/** In UTF-16 units: the longest comment of most sites, so that a page of a hundred stays under a megabyte. */
const LISTED_BODY_CHARS_MAX = 5_000;

export function toListed(row: SummaryRow): ReviewSummary {
  const bodyTruncated = row.body.length > LISTED_BODY_CHARS_MAX;
  return { ...toSummary(row), body: cut(row.body, LISTED_BODY_CHARS_MAX), bodyTruncated };
}

export function toSummary(row: SummaryRow): ReviewSummary {
  return {
    id: row.id,
    site: row.site_key,
    status: row.status,
    version: row.version,
    revision: row.revision,
    priority: row.priority,
    parentId: row.parent_id,
    depth: row.depth,
    replyCount: row.reply_count,
    name: row.name,
    website: row.website,
    body: row.body,
    bodyTruncated: false,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    statusAt: row.status_at,
    decidedBy: toActor(row.decided_kind, row.decided_actor),
    decidedAt: row.decided_at,
    reason: row.reason,
    explanation: explainPolicy(row)?.summary ?? null,
    author: toAuthor(row),
    thread: { id: row.thread_id, key: row.thread_key, url: row.thread_url, title: row.thread_title },
  };
}

function toActor(kind: ActorKind | null, name: string | null): Actor | null {
  return kind === null || name === null ? null : { kind, name };
}

/** The explanation of the policy's latest decision. */
export function explainPolicy(row: SummaryRow) {
  if (row.policy_rule === null) return null;
  return explainStored({
    rule: row.policy_rule,
    action: row.policy_action,
    reason: row.policy_reason,
    trace: row.trace,
    evidence: row.evidence,
  });
}

export function toAuthor(row: Omit<AuthorRow, "site_key">): ReviewAuthor {
  return {
    id: row.author_id,
    name: row.author_name,
    status: row.author_status,
    published: row.author_published_count,
    held: row.author_held_count,
    rejected: row.author_rejected_count,
    spam: row.author_spam_count,
    firstSeenAt: row.author_created_at,
  };
}

/** The author's address, for those who may see it; null when it does not open (any more). */
export function emailFor(
  ctx: Context,
  principal: Principal,
  row: Pick<AuthorRow, "author_id" | "site_id" | "author_email_sealed">,
): { email?: string | null } {
  if (!principal.scopes.has("authors:manage")) return {};
  try {
    return { email: ctx.keys.box.open(row.author_email_sealed, emailAad(row.site_id)) };
  } catch (error) {
    // A lost key must not keep moderators from their work.
    ctx.log.warn({ err: error, authorId: row.author_id }, "the address of an author does not open");
    return { email: null };
  }
}

const EXCERPT_CHARS_MAX = 300;

/** The beginning of a comment shown beside another. */
export function excerpt(body: string): string {
  return body.length > EXCERPT_CHARS_MAX ? `${cut(body, EXCERPT_CHARS_MAX - 1)}…` : body;
}

/** Never through the middle of a character. */
function cut(text: string, unitsMax: number): string {
  return text.slice(0, unitsMax).replace(/[\uD800-\uDBFF]$/, "");
}
