import type { CommentStatus } from "../comments/status.ts";

/** Past-tense facts that others may learn. */
export const EVENT_TYPES = [
  "comment.submitted",
  "comment.published",
  "comment.held",
  "comment.rejected",
  "comment.spam",
  "comment.edited",
  "comment.removed",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A comment as other systems may know it: never an e-mail or IP address. */
export type EventComment = {
  id: string;
  siteKey: string;
  thread: { key: string; url: string; title: string | null };
  parentId: string | null;
  name: string;
  website: string | null;
  body: string;
  revision: number;
  createdAt: Date;
};

/** What was decided and by whom, as far as it concerns others. */
type EventDecision = {
  id: string;
  by: "policy" | "moderator" | "author" | "system";
  rule: string | null;
  reason: string | null;
};

/** Standard Webhooks asks for payloads under 20 kB; a body beyond this many characters is cut and marked. */
const BODY_CHARS_MAX = 4_000;

export type EventFacts = {
  type: EventType;
  comment: EventComment;
  status: CommentStatus;
  /** The comment's version after the event, for receivers that must not go back in time. */
  version: number;
  decision: EventDecision | null;
  at: Date;
};

/** The bytes that every attempt to deliver this event sends: `{type, timestamp, data}` (Standard Webhooks 1.0.0). */
export function eventPayload(facts: EventFacts): string {
  const { comment, decision } = facts;
  const cut = comment.body.length > BODY_CHARS_MAX;
  return JSON.stringify({
    type: facts.type,
    timestamp: facts.at.toISOString(),
    data: {
      site: comment.siteKey,
      thread: comment.thread,
      comment: {
        id: comment.id,
        status: facts.status,
        version: facts.version,
        revision: comment.revision,
        parentId: comment.parentId,
        name: comment.name,
        website: comment.website,
        body: cut ? comment.body.slice(0, BODY_CHARS_MAX).toWellFormed() : comment.body,
        bodyTruncated: cut,
        createdAt: comment.createdAt.toISOString(),
      },
      decision,
    },
  });
}
