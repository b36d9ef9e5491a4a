import { z } from "zod";
import { DECISION_ACTIONS } from "../../comments/status.ts";
import { type Explanation, explainDecision } from "../explain.ts";
import { REASON_CODES } from "../reasons.ts";
import { NO_RULE } from "../policy/document.ts";
import { unpackEvidence, unpackTrace, unpackWhole } from "../record.ts";

const decidedSchema = z.object({ action: z.enum(DECISION_ACTIONS), reason: z.enum(REASON_CODES) });

/** An automatic decision as the log keeps it. */
export type StoredDecision = {
  rule: string;
  action: string | null;
  reason: string | null;
  trace: unknown;
  evidence: unknown;
};

/** Explains a decision out of the log; null when its record cannot be read (any more), which must keep nobody from deciding. */
export function explainStored({ rule, action, reason, ...stored }: StoredDecision): Explanation | null {
  const decided = decidedSchema.safeParse({ action, reason }).data;
  const trace = unpackTrace(stored.trace);
  const evidence = unpackEvidence(stored.evidence);
  if (!decided || !trace || !evidence) return null;
  const ruleId = rule === NO_RULE ? null : rule;
  return explainDecision({ ...decided, ...unpackWhole(stored.trace), trace, ruleId }, evidence);
}
