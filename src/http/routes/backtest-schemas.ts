import { z } from "@hono/zod-openapi";
import { DECISION_ACTIONS } from "../../comments/status.ts";
import { BACKTEST_LIMITS } from "../../moderation/backtest/backtest.ts";
import { trialModelSchema, trialPolicySchema } from "../../moderation/backtest/trial.ts";
import { VERDICTS } from "../../moderation/verdict.ts";

export const backtestBody = z
  .strictObject({
    policy: trialPolicySchema.optional().openapi({
      description:
        "A document (`source`, YAML) or a `version` of the site's policy; the one in force unless given.",
    }),
    model: trialModelSchema.optional().openapi({
      description:
        "Scores every text anew with this version of the site's model; 0 is the base model alone. The scores of then unless given.",
    }),
    automation: z.boolean().default(false).openapi({
      description: "Whether `automation.*` are the thresholds of today rather than of then.",
    }),
    limit: z
      .int()
      .min(1)
      .max(BACKTEST_LIMITS.decisionsMax)
      .default(BACKTEST_LIMITS.decisionsDefault)
      .openapi({ description: "How many of the latest automatic decisions." }),
  })
  .openapi("Backtest");

const action = z.enum(DECISION_ACTIONS);
export const ruleAction = z
  .enum([...DECISION_ACTIONS, "score"])
  .openapi({ description: "`score`: the rule only adds points." });
const count = z.int();
const outcome = z.object({ action, rule: z.string() });

export const shareSchema = z
  .object({
    value: z.number(),
    low: z.number().openapi({ description: "Wilson score interval, 95 %." }),
    high: z.number(),
  })
  .openapi("ShareOfCases");

const example = z
  .object({
    commentId: z.uuid(),
    revision: z.int(),
    before: outcome,
    after: outcome,
    verdict: z.enum(VERDICTS).nullable().openapi({ description: "The moderators' on the same text." }),
    review: z.string().openapi({ example: "/v1/review/comments/01a206c1-15ba-72cc-a64f-08190a8ba7d9" }),
    excerpt: z
      .string()
      .nullable()
      .openapi({ description: "null: the text is gone, or the token may not read comments." }),
  })
  .openapi("BacktestExample");

const side = z
  .object({
    mode: z.enum(["live", "shadow"]),
    action: ruleAction,
    matched: count,
    decided: count.openapi({ description: "A shadow rule: would have decided." }),
    held: count,
    queueShare: z.number().openapi({ description: "Held by this rule among all held." }),
    judged: count.openapi({ description: "Of `decided`, what moderators decided upon afterwards." }),
    agreed: count.openapi({
      description:
        "Both let the comment onto the page or both kept it off; a hold was right when it was kept off.",
    }),
    reversed: count,
    precision: shareSchema.nullable().openapi({ description: "agreed / judged" }),
  })
  .openapi("BacktestRuleSide");

const actionCounts = z.object({ publish: count, hold: count, reject: count, spam: count });

export const backtestReportSchema = z
  .object({
    policy: z.object({ name: z.string(), version: z.int().nullable() }),
    model: z.string().nullable(),
    complete: z.boolean(),
    decisions: count,
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
    unreadable: count,
    textGone: count,
    judged: count,
    sampled: count.openapi({
      description: "Held by chance; counted as what would have been done otherwise.",
    }),
    actions: z.object({ before: actionCounts, after: actionCounts }),
    queueShare: z.object({ before: z.number(), after: z.number() }),
    changes: z.object({
      comments: count,
      judged: count,
      better: count.openapi({ description: "Moderators agree with what would be done, not with what was." }),
      worse: count,
    }),
    transitions: z.array(
      z.object({
        from: action,
        to: action,
        comments: count,
        judged: count,
        better: count,
        worse: count,
        examples: z.array(example),
      }),
    ),
    rules: z.array(
      z.object({
        id: z.string(),
        before: side.nullable(),
        after: side.nullable(),
        changes: count,
        examples: z.array(example),
      }),
    ),
    unknownFacts: z
      .object({
        comments: count,
        signals: z.array(z.object({ signal: z.string(), facts: z.array(z.string()), comments: count })),
      })
      .openapi({
        description: "Decisions older than the first in which a signal appears that the policy asks.",
      }),
    changedSignals: z.array(
      z.object({
        signal: z.string(),
        version: z.int().openapi({ description: "Of today." }),
        earlier: z.array(z.object({ version: z.int(), comments: count })),
      }),
    ),
    policyVersions: z.array(z.object({ version: z.int().nullable(), decisions: count })),
    seconds: z.number(),
    perSecond: z.int(),
  })
  .openapi("BacktestReport");
