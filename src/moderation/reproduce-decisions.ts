import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Site } from "../sites/site.ts";
import { getCompiledPolicy } from "./active-policy.ts";
import { withWholeRecords } from "./load-frames.ts";
import type { CompiledPolicy } from "./policy.ts";
import { reproduceDecision, type Reproduction } from "./reproduce.ts";
import { type AutomaticDecisionRow, listAutomaticDecisions } from "./store/automatic-decisions.ts";

/** A decision that does not come out as it was recorded. */
type Irreproducible = {
  decisionId: string;
  commentId: string;
  policyVersion: number | null;
  recorded: { action: string; rule: string };
  reproduction: Exclude<Reproduction, { outcome: "same" }>;
};

export type ReproductionReport = {
  decisions: number;
  same: number;
  /** The latest {@link SHOWN_MAX} of the others. */
  others: Irreproducible[];
};

type Impossible = Extract<Reproduction, { outcome: "impossible" }>;

/** Decisions of one look into past ones. */
export const REPRODUCED_MAX = 1_000_000;
const SHOWN_MAX = 1_000;
const BATCH = 500;

/**
 * Decides a site's latest automatic decisions once more, each from its stored evidence and by the policy version of the
 * time. Only reads; may run beside a working instance.
 * @param last how many, at most {@link REPRODUCED_MAX}
 */
export async function reproduceDecisions(
  ctx: Context,
  site: Site,
  last: number,
): Promise<ReproductionReport> {
  const report: ReproductionReport = { decisions: 0, same: 0, others: [] };
  const policies = new Map<number, CompiledPolicy | Impossible>();
  let before: string | null = null;
  while (report.decisions < last) {
    const limit = Math.min(BATCH, last - report.decisions);
    const rows: AutomaticDecisionRow[] = await withWholeRecords(
      ctx,
      await listAutomaticDecisions(ctx.db, site.id, before, limit),
    );
    for (const row of rows) add(report, row, await reproduceRow(ctx, site, row, policies));
    before = rows.at(-1)?.id ?? null;
    if (rows.length < limit) break;
  }
  return report;
}

async function reproduceRow(
  ctx: Context,
  site: Site,
  row: AutomaticDecisionRow,
  policies: Map<number, CompiledPolicy | Impossible>,
): Promise<Reproduction> {
  if (row.policy_version === null) return { outcome: "impossible", why: "policy_unknown" };
  const policy = policies.get(row.policy_version) ?? (await findPolicy(ctx, site, row.policy_version));
  policies.set(row.policy_version, policy);
  if ("outcome" in policy) return policy;
  return reproduceDecision({ ...row, commentId: row.comment_id, rule: row.actor }, policy);
}

/** A version of the policy, or why nothing can be decided by it. */
export async function findPolicy(
  ctx: Context,
  site: Site,
  version: number,
): Promise<CompiledPolicy | Impossible> {
  try {
    return await getCompiledPolicy(ctx, site, version);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found")
      return { outcome: "impossible", why: "policy_unknown" };
    if (error instanceof AppError && error.code === "invalid_input")
      return { outcome: "impossible", why: "policy_invalid" };
    throw error;
  }
}

function add(report: ReproductionReport, row: AutomaticDecisionRow, reproduction: Reproduction): void {
  report.decisions += 1;
  if (reproduction.outcome === "same") {
    report.same += 1;
  } else if (report.others.length < SHOWN_MAX) {
    report.others.push({
      decisionId: row.id,
      commentId: row.comment_id,
      policyVersion: row.policy_version,
      recorded: { action: row.action, rule: row.actor },
      reproduction,
    });
  }
}
