import type { CommentStatus } from "../comments/status.ts";
import type { Context } from "../context.ts";
import type { Site } from "../sites/site.ts";
import { replayBatch, type ReplayedRow } from "./store/replay.ts";

/** A comment whose state its decision log does not lead to. */
type ReplayMismatch = {
  commentId: string;
  siteKey: string;
  /**
   * `status`: the log leads to another status. `version`: something changed the comment without a decision, or a decision
   * is missing. `gap`: a decision does not start where the one before ended.
   */
  problem: "status" | "version" | "gap";
  actual: { status: CommentStatus; version: number };
  replayed: { status: CommentStatus; version: number };
};

export type ReplayReport = {
  comments: number;
  decisions: number;
  mismatchCount: number;
  /** The first {@link MISMATCHES_MAX} of them, by age of the comment. */
  mismatches: ReplayMismatch[];
};

const MISMATCHES_MAX = 1_000;
/** Comments per statement: each takes well under a second, and none holds a lock. */
const BATCH_COMMENTS = 5_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Replays the decisions of every comment, each from `pending`, and reports the comments that are not where their log
 * leads. Only reads; may run beside a working instance.
 * @param options.site null: all sites.
 */
export async function replayDecisions(
  ctx: Pick<Context, "db">,
  options: { site: Site | null; batchComments?: number },
): Promise<ReplayReport> {
  const { site, batchComments: limit = BATCH_COMMENTS } = options;
  const report: ReplayReport = { comments: 0, decisions: 0, mismatchCount: 0, mismatches: [] };
  let afterId: string | undefined = FIRST_ID;
  while (afterId !== undefined) {
    const rows: ReplayedRow[] = await replayBatch(ctx.db, { siteId: site?.id ?? null, afterId, limit });
    for (const row of rows) addTo(report, row);
    afterId = rows.length < limit ? undefined : rows.at(-1)?.id;
  }
  return report;
}

function addTo(report: ReplayReport, row: ReplayedRow): void {
  report.comments += 1;
  report.decisions += row.decisions;
  const problem = problemOf(row);
  if (problem === undefined) return;
  report.mismatchCount += 1;
  if (report.mismatches.length >= MISMATCHES_MAX) return;
  report.mismatches.push({
    commentId: row.id,
    siteKey: row.site_key,
    problem,
    actual: { status: row.status, version: row.version },
    replayed: { status: row.replayed_status, version: row.replayed_version },
  });
}

function problemOf(row: ReplayedRow): ReplayMismatch["problem"] | undefined {
  if (row.status !== row.replayed_status) return "status";
  if (row.version !== row.replayed_version) return "version";
  return row.is_whole ? undefined : "gap";
}
