import { z } from "zod";
import { DECISION_ACTIONS } from "../../comments/status.ts";
import { REASON_CODES } from "../reasons.ts";

export const POLICY_LIMITS = {
  documentBytesMax: 65_536,
  rulesMax: 200,
  expressionCharsMax: 1_000,
  /** Nodes of one parsed expression. */
  expressionNodesMax: 200,
  /** Levels of nested parentheses, calls and lists in one expression. */
  expressionDepthMax: 20,
  idCharsMax: 60,
  nameCharsMax: 80,
  descriptionCharsMax: 300,
  priorityMax: 100,
  /** Problems reported at once for one document. */
  problemsMax: 100,
} as const;

/** `live` decides; `shadow` is evaluated and recorded but never decides; `off` is only checked when saved. */
const RULE_MODES = ["live", "shadow", "off"] as const;
export type RuleMode = (typeof RULE_MODES)[number];

/** A CEL expression of type bool over the facts. */
export const expressionSchema = z.string().min(1).max(POLICY_LIMITS.expressionCharsMax);

const ruleSchema = z
  .strictObject({
    id: z
      .string()
      .max(POLICY_LIMITS.idCharsMax)
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case words joined by hyphens, such as many-links")
      // What statistics and the decision log call the absence of a rule.
      .refine((id) => id !== "otherwise", '"otherwise" names what happens when no rule decides'),
    /** What it is for, in an editor's words; part of every explanation. */
    description: z.string().trim().min(1).max(POLICY_LIMITS.descriptionCharsMax),
    when: expressionSchema,
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the document; it becomes `action` below
    then: z.enum(DECISION_ACTIONS),
    reason: z.enum(REASON_CODES),
    /** Higher comes first in the moderators' queue. */
    priority: z.int().min(0).max(POLICY_LIMITS.priorityMax).default(0),
    mode: z.enum(RULE_MODES).default("live"),
    /** What a live rule does at its place when a check behind one of its facts is down. */
    onUnavailable: z.enum(["hold", "skip"]).default("hold"),
  })
  .transform(({ then, ...rest }) => ({ ...rest, action: then }));

/** One site's policy as editors write it. `version` is that of this format; revisions are numbered elsewhere. */
export const policyDocumentSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().trim().min(1).max(POLICY_LIMITS.nameCharsMax),
  description: z.string().trim().max(POLICY_LIMITS.descriptionCharsMax).optional(),
  rules: z.array(ruleSchema).max(POLICY_LIMITS.rulesMax).check(idsAreUnique),
  /** What becomes of a comment that no rule decided. */
  otherwise: z.enum(["publish", "hold"]),
});
export type PolicyRule = z.infer<typeof ruleSchema>;

function idsAreUnique(context: z.core.ParsePayload<{ id: string }[]>): void {
  const seen = new Set<string>();
  for (const [index, { id }] of context.value.entries()) {
    if (seen.has(id)) {
      context.issues.push({
        code: "custom",
        input: id,
        path: [index, "id"],
        message: `"${id}" is already the id of an earlier rule`,
      });
    }
    seen.add(id);
  }
}
