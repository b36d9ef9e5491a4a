import type { SecretKey } from "../../accounts/secret-box.ts";
import type { Principal } from "../../accounts/principal.ts";
import { COMMENT_STATUSES } from "../../comments/status.ts";
import type { Context } from "../../context.ts";
import { type CursorValue, decodeCursor, encodeCursor } from "../../cursor.ts";
import { AppError } from "../../errors.ts";
import { isUuid, uuidFloor } from "../../ids.ts";
import { canonicalUrl } from "../../sites/canonical-url.ts";
import { withWholeRecords } from "../load-frames.ts";
import { type ReviewSummary, toListed } from "./present.ts";
import { type QueueQuery, type QueueSort, readMoment } from "./schema.ts";
import { findQueuePage, type QueuePosition, type QueueSelection } from "./store/queue.ts";
import { countByStatus, findSummaryRows, findThreadId } from "./store/summaries.ts";
import { confinement, narrowToSite, toBigintId } from "./view.ts";

export type QueuePage = {
  comments: ReviewSummary[];
  /** Cursor of the next page. */
  next: string | null;
  /** Comments of the site by status, counted up to 10,000; null on further pages and for all sites together. */
  counts: Record<string, number> | null;
};

/**
 * A page of comments to review. Comments that arrive or are decided between two pages make none appear twice.
 * @throws AppError `forbidden`, `not_found` (another's site), `invalid_input` (also `search_too_broad`), `unavailable`
 */
export async function listQueue(ctx: Context, principal: Principal, query: QueueQuery): Promise<QueuePage> {
  const siteId = await narrowToSite(ctx, confinement(principal, "comments:read"), query.site);
  const sort = toSort(query);
  const scope = cursorScope(siteId, sort, query);
  const after = query.cursor === undefined ? null : readCursor(ctx.keys.cursor, scope, query.cursor);
  const selection = await toSelection(ctx, query, { siteId, sort, after });
  const [found, counts] = await Promise.all([
    selection ? findQueuePage(ctx.db, selection) : [],
    siteId !== null && after === null ? countByStatus(ctx.db, siteId, COMMENT_STATUSES) : null,
  ]);
  const page = found.slice(0, query.limit);
  const ids = page.map(({ id }) => id);
  const rows = await withWholeRecords(ctx, await findSummaryRows(ctx.db, siteId, ids));
  const last = found.length > query.limit ? page.at(-1) : undefined;
  const next = last ? encodeCursor(ctx.keys.cursor, scope, [last.priority, last.id]) : null;
  return { comments: rows.map(toListed), next, counts };
}

function toSort({ sort, status }: QueueQuery): QueueSort {
  const onlyHeld = status.every((one) => one === "held");
  if (sort === undefined) return onlyHeld ? "priority" : "newest";
  if (sort !== "priority" || onlyHeld) return sort;
  throw new AppError("invalid_input", "Only held comments have a priority.", {
    fields: [{ path: "sort", message: "priority goes with status held alone" }],
  });
}

/** Everything that makes two lists differ, so that a cursor cannot be taken from one to another. */
function cursorScope(siteId: number | null, sort: QueueSort, query: QueueQuery): string {
  const { thread, author, rule, reason, olderThan, newerThan, q } = query;
  const statuses = [...new Set(query.status)].toSorted();
  return `review ${JSON.stringify([siteId, sort, statuses, thread, author, rule, reason, olderThan, newerThan, q])}`;
}

function readCursor(key: SecretKey, scope: string, cursor: string): QueuePosition {
  const [priority, id]: CursorValue[] = decodeCursor(key, scope, cursor);
  if (typeof priority === "number" && typeof id === "string" && isUuid(id)) return { priority, id };
  throw new AppError("invalid_input", "The cursor is of another version; start again without it.");
}

type Place = { siteId: number | null; sort: QueueSort; after: QueuePosition | null };

/** Undefined when a filter names what does not exist: then nothing matches. */
async function toSelection(
  ctx: Context,
  query: QueueQuery,
  place: Place,
): Promise<QueueSelection | undefined> {
  const { thread, author, olderThan, newerThan } = query;
  const threadId = thread === undefined ? null : await resolveThread(ctx, place.siteId, thread);
  const authorId = author === undefined ? null : toBigintId(author);
  if (threadId === undefined || authorId === undefined) return undefined;
  const now = ctx.clock.nowMs();
  const toFloor = (moment: string | undefined) =>
    moment === undefined ? null : uuidFloor(readMoment(moment, now) ?? now);
  return {
    ...place,
    statuses: [...new Set(query.status)],
    threadId,
    authorId,
    rule: query.rule ?? null,
    reason: query.reason ?? null,
    bornFrom: toFloor(newerThan),
    bornBefore: toFloor(olderThan),
    text: query.q ?? null,
    // One more tells whether there is a next page.
    limit: query.limit + 1,
  };
}

async function resolveThread(ctx: Context, siteId: number | null, name: string): Promise<string | undefined> {
  if (siteId === null) {
    throw new AppError("invalid_input", "Say of which site the thread is.", {
      fields: [{ path: "site", message: "required together with thread" }],
    });
  }
  const url = URL.canParse(name) && /^https?:/i.test(name) ? canonicalUrl(name) : null;
  return findThreadId(ctx.db, siteId, { key: name, canonicalUrl: url, id: toBigintId(name) ?? null });
}
