import { z } from "@hono/zod-openapi";
import { DECISION_ACTIONS } from "../../comments/status.ts";
import { shareSchema } from "./backtest-schemas.ts";

const count = z.int();
const counts = {
  matched: count,
  decided: count,
  judged: count.openapi({
    description: "Of those decided (of a shadow rule: matched), what moderators decided upon afterwards.",
  }),
  agreed: count,
};

export const ruleStatisticsSchema = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    complete: z.boolean(),
    missingDays: z.array(z.iso.date()),
    decisions: count,
    held: count,
    rules: z.array(
      z.object({
        id: z.string(),
        mode: z.enum(["live", "shadow"]),
        action: z.enum(DECISION_ACTIONS),
        ...counts,
        reversed: count,
        precision: shareSchema.nullable(),
        share: z.number(),
        queueShare: z.number(),
        medianQueueSeconds: z.number().nullable(),
        versions: z.array(z.object({ version: z.int().nullable(), ...counts })),
      }),
    ),
  })
  .openapi("RuleStatistics");
