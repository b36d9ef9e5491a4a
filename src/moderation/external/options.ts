import { z } from "zod";

/** A call takes at most so long; together well below the 30 s that a worker may hold a comment. */
const DEADLINE_MS_MAX = 10_000;
const CALLS_PER_MINUTE_MAX = 10_000;
const CALLS_PER_DAY_MAX = 10_000_000;
const CACHE_SECONDS_MAX = 7 * 86_400;

const probability = z.number().min(0).max(1);

/** How a site asks, whatever it asks. Everything has a default but those that differ by check. */
export const checkOptionsSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** `uncertain`: only where the site's own model does not know, see `band`. */
  when: z.enum(["always", "uncertain"]),
  /** The model is uncertain when `spam.score` or `toxicity.score` lies within, bounds included, or is missing. */
  band: z
    .strictObject({ min: probability.default(0.2), max: probability.default(0.8) })
    .refine(({ min, max }) => min <= max, "min is above max")
    .prefault({}),
  /** Without an answer: `hold` makes its facts unavailable, so that rules which need them hold; `skip` leaves them missing. */
  onFailure: z.enum(["hold", "skip"]).default("hold"),
  deadlineMs: z.int().min(50).max(DEADLINE_MS_MAX).default(3_000),
  callsPerMinute: z.int().min(1).max(CALLS_PER_MINUTE_MAX).default(120),
  callsPerDay: z.int().min(1).max(CALLS_PER_DAY_MAX).default(10_000),
  /** How long an answer about the same thing is good; 0: always ask. */
  cacheSeconds: z.int().min(0).max(CACHE_SECONDS_MAX).default(3_600),
  breaker: z
    .strictObject({
      /** Failures one after the other after which nobody asks for a while. */
      failures: z.int().min(1).max(100).default(5),
      openSeconds: z.int().min(1).max(3_600).default(60),
    })
    .prefault({}),
  settings: z.record(z.string(), z.unknown()).default({}),
});
export type CheckOptions = z.output<typeof checkOptionsSchema>;

/** The defaults that differ by check. */
export type CheckDefaults = Pick<CheckOptions, "when">;
