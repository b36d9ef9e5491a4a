import { decide } from "./decide.ts";
import type { CompiledPolicy } from "./policy.ts";
import { NO_RULE } from "./policy/document.ts";
import { unpackEvidence } from "./record.ts";

/** An automatic decision as the log keeps it. */
export type RecordedDecision = {
  commentId: string;
  action: string;
  /** The deciding rule, `otherwise` when none did. */
  rule: string;
  reason: string | null;
  /** As packed by `record.ts`. */
  evidence: unknown;
};

/** What came of deciding once more, from the stored evidence and by the policy of the time. */
export type Reproduction =
  | { outcome: "same" }
  | { outcome: "differs"; action: string; rule: string; reason: string }
  | { outcome: "impossible"; why: "evidence_unreadable" | "policy_unknown" | "policy_invalid" };

/**
 * Decides once more. Pure: whoever holds the evidence, the policy's document and this program can do the same, and should
 * arrive at the same decision.
 */
export function reproduceDecision(recorded: RecordedDecision, policy: CompiledPolicy): Reproduction {
  const evidence = unpackEvidence(recorded.evidence);
  if (!evidence) return { outcome: "impossible", why: "evidence_unreadable" };
  const { action, ruleId, reason } = decide(evidence, policy, { commentId: recorded.commentId });
  const rule = ruleId ?? NO_RULE;
  const isSame = action === recorded.action && rule === recorded.rule && reason === recorded.reason;
  return isSame ? { outcome: "same" } : { outcome: "differs", action, rule, reason };
}
