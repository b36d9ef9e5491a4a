import type { Proposal } from "../comments/publish.ts";
import { toProposalComment } from "../comments/to-proposal.ts";
import { nextStatus } from "../comments/transitions.ts";
import type { Context } from "../context.ts";
import { getActivePolicy } from "./active-policy.ts";
import { decide, type Decision } from "./decide.ts";
import type { Loaded } from "./load-subjects.ts";
import type { CompiledPolicy } from "./policy.ts";
import { NO_RULE } from "./policy/document.ts";
import type { Frame } from "./frame.ts";
import { frameOf } from "./load-frames.ts";
import { writeRecord } from "./record.ts";
import { runSignals } from "./run-signals.ts";
import type { Evidence } from "./signal.ts";

/** What is known of a comment, and what the site's policy makes of it. */
export type Judgement = { policy: CompiledPolicy; frame: Frame; evidence: Evidence[]; decision: Decision };

/**
 * Runs the signals on a comment and decides by what they found, or by that and what others told.
 * @param isTimed whether the metrics are to know how long each signal took
 */
export async function judge(
  ctx: Context,
  { row, site, subject }: Loaded,
  isTimed: boolean,
): Promise<Judgement> {
  const policy = await getActivePolicy(ctx, site);
  const { evidence, durations } = await runSignals(ctx.signals, subject, isTimed ? { nowMs } : {});
  for (const [signal, seconds] of durations) ctx.metrics.signal.observe({ signal }, seconds);
  const frame = await frameOf(ctx, policy);
  return { policy, frame, evidence, decision: decide(evidence, policy, { commentId: row.id }) };
}

function nowMs(): number {
  return performance.now();
}

/** The same comment with more evidence. */
export function judgeAgain({ row }: Loaded, earlier: Judgement, more: readonly Evidence[]): Judgement {
  const { policy, frame } = earlier;
  const evidence = [...earlier.evidence, ...more];
  return { policy, frame, evidence, decision: decide(evidence, policy, { commentId: row.id }) };
}

/** The judgement as it is to be recorded. */
export function toProposal(
  ctx: Context,
  { row, site, subject }: Loaded,
  { frame, evidence, decision }: Judgement,
): Proposal {
  const rule = decision.ruleId ?? NO_RULE;
  ctx.metrics.ruleHits.inc({ site: site.key, rule, action: decision.action });
  return {
    comment: toProposalComment(row),
    toStatus: nextStatus(row.status, decision.action),
    actor: { kind: "policy", name: rule },
    action: decision.action,
    reason: decision.reason,
    policyVersion: site.policyVersion,
    modelVersion: subject.model.version,
    ...writeRecord(frame, evidence, decision),
    frameId: frame.id,
    priority: decision.priority,
  };
}
