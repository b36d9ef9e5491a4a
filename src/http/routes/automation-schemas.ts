import { z } from "@hono/zod-openapi";
import { AUTOMATION_STOPS, automationSchema, automationTargetSchema } from "../../sites/automation.ts";
import { shareSchema } from "./backtest-schemas.ts";

export const automationBody = automationTargetSchema.strict().openapi("AutomationChoice", {
  description:
    "How often moderators must have agreed: by the observed share, or (`assurance: lower_bound`) by the lower end of its 95 % interval.",
  example: { publishAgreement: 0.99, spamAgreement: null, assurance: "observed" },
});

const threshold = z.object({
  value: z.number().nullable(),
  stopped: z
    .enum(AUTOMATION_STOPS)
    .nullable()
    .openapi({ description: "Why nothing is decided alone though chosen." }),
  cases: z.int(),
});

const chosen = automationSchema
  .extend({ publishBelow: threshold, spamFrom: threshold })
  .nullable()
  .openapi("Automation");

export const chosenSchema = z.object({ chosen });

const point = z
  .object({
    threshold: z.number(),
    share: z.number().openapi({ description: "Of all decisions, what would be decided alone." }),
    heldShare: z.number().openapi({ description: "Of what is held: so much less work." }),
    cases: z.int(),
    errors: z.int(),
    agreement: shareSchema,
    held: z.object({ cases: z.int(), agreement: shareSchema.nullable() }),
  })
  .openapi("AutomationPoint");

const count = z.int();

export const automationViewSchema = z
  .object({
    chosen,
    population: z.object({
      decisions: count,
      held: count,
      sampled: count,
      automatic: count,
      reserved: count.openapi({ description: "Held for a reason that a machine never decides alone." }),
      judged: count,
      judgedSampled: count,
      unrepresented: count.openapi({
        description:
          "Decided automatically by an action of which nobody judged a sample: no case stands for these.",
      }),
      withoutScore: count,
    }),
    casesMin: count,
    publish: z.array(point),
    spam: z.array(point),
  })
  .openapi("AutomationCurves");
