import { z } from "zod";

/** Why there is no threshold though an agreement was chosen. */
export const AUTOMATION_STOPS = ["too_few_cases", "agreement_not_reached"] as const;
export type AutomationStop = (typeof AUTOMATION_STOPS)[number];

const AUTOMATION_LIMITS = { agreementMin: 0.8, agreementMax: 0.999 } as const;
const agreement = z
  .number()
  .min(AUTOMATION_LIMITS.agreementMin)
  .max(AUTOMATION_LIMITS.agreementMax)
  .nullable();

/** Whether the agreement must be reached by the share itself, or by the lower end of its 95 % interval. */
const ASSURANCES = ["observed", "lower_bound"] as const;

/** What an editor chooses: how often moderators must have agreed with what would be done alone. Null: nothing is. */
export const automationTargetSchema = z.object({
  publishAgreement: agreement.default(null),
  spamAgreement: agreement.default(null),
  assurance: z.enum(ASSURANCES).default("observed"),
});
export type AutomationTarget = z.infer<typeof automationTargetSchema>;

const threshold = z.object({
  /** Null: nothing is done alone. */
  value: z.number().nullable(),
  stopped: z.enum(AUTOMATION_STOPS).nullable(),
  /** Judged comments it rests on. */
  cases: z.int(),
});
export type AutomationThreshold = z.infer<typeof threshold>;

export const automationSchema = automationTargetSchema.extend({
  /** Comments whose scores are all below it; and those with a spam score from it on. */
  publishBelow: threshold,
  spamFrom: threshold,
  chosenBy: z.string(),
  chosenAt: z.iso.datetime(),
  /** When the thresholds were last worked out. */
  computedAt: z.iso.datetime(),
});
export type Automation = z.infer<typeof automationSchema>;
