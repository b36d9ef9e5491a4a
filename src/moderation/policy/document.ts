import { z } from "zod";
import { DECISION_ACTIONS } from "../../comments/status.ts";
import { isHumanOnly, REASON_CODES, type ReasonCode } from "../reasons.ts";

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
  /** Points of one rule, and of a group's cap, either way. */
  pointsMax: 100,
  groupsMax: 50,
  /** What a threshold may ask for. */
  thresholdMax: 1_000,
  testsMax: 200,
  /** Facts that one test gives. */
  testFactsMax: 100,
  testTextCharsMax: 5_000,
  /** Problems reported at once for one document. */
  problemsMax: 100,
} as const;

/** `live` decides; `shadow` is evaluated and recorded but never decides; `off` is only checked when saved. */
const RULE_MODES = ["live", "shadow", "off"] as const;
export type RuleMode = (typeof RULE_MODES)[number];

/** A CEL expression of type bool over the facts. */
export const expressionSchema = z.string().min(1).max(POLICY_LIMITS.expressionCharsMax);

const id = z
  .string()
  .max(POLICY_LIMITS.idCharsMax)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case words joined by hyphens, such as many-links");
const reason = z.enum(REASON_CODES);
const priority = z.int().min(0).max(POLICY_LIMITS.priorityMax).default(0);
const points = z.number().min(-POLICY_LIMITS.pointsMax).max(POLICY_LIMITS.pointsMax);

/** What statistics and the decision log call decisions that no rule of this name makes. */
export const NO_RULE = "otherwise";
export const SAMPLE_RULE = "sample";
/** `score-hold`, `score-spam`, …: the total of the scores reached that action's threshold. */
export const SCORE_RULE_PREFIX = "score-";

const HUMAN_ONLY = "is never decided by a machine alone: a rule may only hold for it";

const ruleSchema = z
  .strictObject({
    id: id
      .refine((name) => name !== NO_RULE, '"otherwise" names what happens when no rule decides')
      .refine((name) => name !== SAMPLE_RULE, '"sample" names what is held for quality control')
      .refine(
        (name) => !name.startsWith(SCORE_RULE_PREFIX),
        '"score-…" names what the thresholds of the score decide',
      ),
    /** What it is for, in an editor's words; part of every explanation. */
    description: z.string().trim().min(1).max(POLICY_LIMITS.descriptionCharsMax),
    when: expressionSchema.optional(),
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the document; it becomes `action` below
    then: z.enum(DECISION_ACTIONS).optional(),
    reason: reason.optional(),
    /** Points for the total, or an expression of type double or int. */
    score: z.union([points, expressionSchema]).optional(),
    /** Family of the points, whose sum may be capped. */
    group: id.optional(),
    /** Higher comes first in the moderators' queue. */
    priority,
    mode: z.enum(RULE_MODES).default("live"),
    /** What a live rule does at its place when a check behind one of its facts is down. */
    onUnavailable: z.enum(["hold", "skip"]).default("hold"),
  })
  .check((context) => {
    const rule = context.value;
    const object = (key: string, message: string) =>
      context.issues.push({ code: "custom", input: rule, path: [key], message });
    if (rule.then === undefined && rule.score === undefined)
      object("then", "A rule decides (then) or scores (score)");
    if (rule.then !== undefined && rule.reason === undefined)
      object("reason", "A rule that decides has a reason");
    if (rule.when === undefined && typeof rule.score !== "string")
      object("when", "Only a rule whose score is an expression may leave out when");
    if (rule.group !== undefined && rule.score === undefined)
      object("group", "Only a rule that scores has a group");
    if (rule.then !== undefined && rule.then !== "hold" && isHumanOnly(rule.reason))
      object("then", `${rule.reason} ${HUMAN_ONLY}`);
  })
  .transform(({ then, reason: given, score, group, when, ...rest }) => ({
    ...rest,
    action: then ?? null,
    reason: given ?? null,
    when: when ?? "true",
    score: score ?? null,
    group: group ?? null,
  }));

const thresholdSchema = z.strictObject({
  /** The total from which it acts. */
  at: z.number().positive().max(POLICY_LIMITS.thresholdMax),
  // Many signs of anything are no sign of a threat: that is for a rule of its own to find.
  reason: reason.refine((given) => !isHumanOnly(given), `This reason ${HUMAN_ONLY}`),
  priority,
});
const thresholdsSchema = z
  .strictObject({
    hold: thresholdSchema.optional(),
    reject: thresholdSchema.optional(),
    spam: thresholdSchema.optional(),
  })
  .default({});
export type Threshold = {
  action: "hold" | "reject" | "spam";
  at: number;
  reason: ReasonCode;
  priority: number;
};

/** Which automatic decisions go to a person all the same, and how many of them. */
const samplingSchema = z.strictObject({
  share: z.number().min(0).max(1).default(0.02),
  of: z
    .array(z.enum(["publish", "reject", "spam"]))
    .min(1)
    .max(3)
    .default(["reject", "spam"]),
  priority,
});
export type Sampling = z.infer<typeof samplingSchema>;

const factValueSchema = z.union([z.number(), z.boolean(), z.string(), z.array(z.string())]);
const testSchema = z.strictObject({
  name: z.string().trim().min(1).max(POLICY_LIMITS.descriptionCharsMax),
  /** Facts by name; with `text`, those that the local checks find in it come first. */
  given: z
    .record(z.string(), factValueSchema)
    .refine((given) => Object.keys(given).length <= POLICY_LIMITS.testFactsMax, "Too many facts")
    .refine((given) => given["text"] === undefined || typeof given["text"] === "string", "text is a text")
    .refine(
      (given) => String(given["text"] ?? "").length <= POLICY_LIMITS.testTextCharsMax,
      `A text has at most ${POLICY_LIMITS.testTextCharsMax} characters`,
    ),
  expect: z.strictObject({
    action: z.enum(DECISION_ACTIONS),
    rule: z.string().optional(),
    reason: reason.optional(),
  }),
});
export type PolicyTest = z.infer<typeof testSchema>;

/** One site's policy as editors write it. `version` is that of this format; revisions are numbered elsewhere. */
export const policyDocumentSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().trim().min(1).max(POLICY_LIMITS.nameCharsMax),
  description: z.string().trim().max(POLICY_LIMITS.descriptionCharsMax).optional(),
  rules: z.array(ruleSchema).max(POLICY_LIMITS.rulesMax).check(idsAreUnique),
  /** How much each family of scoring rules may add at most, and take away at most. */
  groups: z
    .record(id, z.strictObject({ cap: z.number().min(0).max(POLICY_LIMITS.pointsMax) }))
    .refine((groups) => Object.keys(groups).length <= POLICY_LIMITS.groupsMax, "Too many groups")
    .default({}),
  /** What the total of the scores does when no rule decided: the highest one reached acts. */
  thresholds: thresholdsSchema,
  sampling: samplingSchema.optional(),
  /** What must come out of given facts; run whenever the document is saved. */
  tests: z.array(testSchema).max(POLICY_LIMITS.testsMax).default([]),
  /** What becomes of a comment that no rule decided. */
  otherwise: z.enum(["publish", "hold"]),
});
export type PolicyRule = z.infer<typeof ruleSchema>;
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

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
