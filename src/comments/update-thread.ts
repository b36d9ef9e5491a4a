import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { canonicalUrl } from "../sites/canonical-url.ts";
import type { Site } from "../sites/site.ts";
import { findThreadRowById, lockThreadRow, type ThreadRow, updateThreadRow } from "./store/threads.ts";
import { isClosed, rememberThread, requireOwnUrl, type Thread, toThread } from "./thread.ts";

/** What a publisher may say about a thread; what is left out stays as it is. */
export type ThreadSettings = {
  title?: string | null | undefined;
  language?: string | null | undefined;
  /** Close it now, or open it again. */
  closed?: boolean | undefined;
  /** Close it then; null: never. Not together with `closed`. */
  closeAt?: Date | null | undefined;
};

export type UpdateThreadInput = ThreadSettings & {
  /** The article's new address: the thread moves with it. */
  url?: string | undefined;
};

/**
 * Changes a thread's settings; readers see it with their next request. Without a change nothing is written.
 * @throws AppError `not_found`; `invalid_input` for a URL that is not of the site's origins, or `closed` with `closeAt`.
 */
export async function updateThread(
  ctx: Context,
  site: Site,
  id: string,
  input: UpdateThreadInput,
): Promise<Thread> {
  const url = input.url === undefined ? undefined : requireOwnUrl(site, input.url);
  const written = await ctx.db.transaction(async (tx) => {
    const row = await lockThreadRow(tx, site.id, id);
    if (!row) throw threadNotFound();
    const change = toChange(ctx, row, { ...input, url });
    const after = isSame(row, change) ? row : ((await updateThreadRow(tx, change)) ?? row);
    tx.onCommit(() => {
      // Under its former address as well.
      for (const each of [row, after]) rememberThread(ctx, each);
    });
    return after;
  });
  return toThread(written);
}

function toChange(ctx: Context, row: ThreadRow, input: UpdateThreadInput) {
  const closedAt = closingTime(input, ctx.clock.now(), row);
  return {
    id: row.id,
    canonicalUrl: input.url === undefined ? row.canonical_url : canonicalUrl(input.url),
    url: input.url ?? row.url,
    title: input.title === undefined ? row.title : input.title,
    language: input.language === undefined ? row.language : input.language,
    closedAt: closedAt === undefined ? row.closed_at : closedAt,
  };
}

function isSame(row: ThreadRow, change: ReturnType<typeof toChange>): boolean {
  return (
    row.canonical_url === change.canonicalUrl &&
    row.url === change.url &&
    row.title === change.title &&
    row.language === change.language &&
    row.closed_at?.getTime() === change.closedAt?.getTime()
  );
}

/** When a thread closes by what is said; undefined when nothing is. One that is closed already stays so since then. */
export function closingTime(
  input: ThreadSettings,
  now: Date,
  row: ThreadRow | null,
): Date | null | undefined {
  const { closed, closeAt } = input;
  if (closed !== undefined && closeAt !== undefined) {
    throw new AppError("invalid_input", "Say either closed or closeAt.", {
      fields: [{ path: "closeAt", message: "not together with closed" }],
    });
  }
  if (closed === undefined) return closeAt;
  if (!closed) return null;
  return row && isClosed(toThread(row), now) ? row.closed_at : now;
}

/** @throws AppError `not_found` */
export async function getThreadById(ctx: Context, site: Site, id: string): Promise<Thread> {
  const row = await findThreadRowById(ctx.db, site.id, id);
  if (!row) throw threadNotFound();
  return toThread(row);
}

export function threadNotFound(): AppError {
  return new AppError("not_found", "There is no such thread.", { reason: "thread_not_found" });
}
