import { z } from "zod";
import { DECISION_ACTIONS } from "../../comments/status.ts";
import { RULE_OUTCOMES, type RuleTrace } from "../decide.ts";
import { type Explanation, explainDecision } from "../explain.ts";
import { REASON_CODES } from "../reasons.ts";
import type { Evidence } from "../signal.ts";

const ruleTraceSchema: z.ZodType<RuleTrace> = z.looseObject({
  id: z.string(),
  mode: z.enum(["live", "shadow"]),
  outcome: z.enum(RULE_OUTCOMES),
  action: z.enum(DECISION_ACTIONS),
  facts: z.array(z.string()),
  lacking: z.array(z.string()).exactOptional(),
  error: z.string().exactOptional(),
  description: z.string().exactOptional(),
});

const evidenceSchema: z.ZodType<Evidence> = z.looseObject({
  name: z.string(),
  version: z.number(),
  state: z.enum(["ok", "unavailable"]),
  value: z.union([z.number(), z.boolean(), z.string(), z.array(z.string())]).exactOptional(),
  spans: z.array(z.object({ start: z.number(), end: z.number() })).exactOptional(),
  detail: z.record(z.string(), z.unknown()).exactOptional(),
  error: z.string().exactOptional(),
});

const storedSchema = z.object({
  action: z.enum(DECISION_ACTIONS),
  reason: z.enum(REASON_CODES),
  trace: z.array(ruleTraceSchema),
  evidence: z.array(evidenceSchema),
});

/** An automatic decision as the log keeps it. */
export type StoredDecision = {
  rule: string;
  action: string | null;
  reason: string | null;
  trace: unknown;
  evidence: unknown;
};

/** What the log calls the absence of a deciding rule. */
const NO_RULE = "otherwise";

/** Explains a decision out of the log; null when its record cannot be read (any more), which must keep nobody from deciding. */
export function explainStored({ rule, ...stored }: StoredDecision): Explanation | null {
  const parsed = storedSchema.safeParse(stored);
  if (!parsed.success) return null;
  const { evidence, ...decision } = parsed.data;
  return explainDecision({ ...decision, ruleId: rule === NO_RULE ? null : rule }, evidence);
}
