import { z } from "@hono/zod-openapi";
import { ruleAction, shareSchema } from "./backtest-schemas.ts";

const count = z.int();
const counts = {
  matched: count,
  decided: count,
  judged: count.openapi({
    description:
      "Of those decided (of a shadow rule: matched), and of sampled ones that it would have, what moderators decided upon.",
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
        action: ruleAction,
        ...counts,
        reversed: count,
        precision: shareSchema.nullable(),
        sampled: z
          .object({ judged: count, agreed: count, precision: shareSchema.nullable() })
          .openapi({ description: "Of the judged ones those that moderators saw by chance." }),
        share: z.number(),
        queueShare: z.number(),
        medianQueueSeconds: z.number().nullable(),
        versions: z.array(z.object({ version: z.int().nullable(), ...counts })),
      }),
    ),
  })
  .openapi("RuleStatistics");
