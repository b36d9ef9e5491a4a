import { z } from "zod";

/** A call must end well before the lease of its comment does. */
const DEADLINE_MS_MAX = 10_000;
const URL_SETTING_CHARS_MAX = 2_048;

type Defaults = { deadlineMs: number; perMinute: number; perDay: number };

/** What every external check has; `uncertain` asks only where the local scores are in doubt. */
export const commonSettings = ({ deadlineMs, perMinute, perDay }: Defaults) => ({
  when: z.enum(["uncertain", "always"]).default("uncertain"),
  /** The doubt: scores between these, both included. */
  uncertainFrom: z.number().min(0).max(1).default(0.2),
  uncertainTo: z.number().min(0).max(1).default(0.8),
  /** `hold`: no answer makes its facts unavailable, and rules that need them hold. `skip`: as if it had not been asked. */
  onFailure: z.enum(["hold", "skip"]).default("hold"),
  deadlineMs: z.int().min(100).max(DEADLINE_MS_MAX).default(deadlineMs),
  /** Calls of this site, over all processes. */
  perMinute: z.int().min(1).max(100_000).default(perMinute),
  perDay: z.int().min(1).max(10_000_000).default(perDay),
  /** Calls under way at a time, in each process. */
  concurrency: z.int().min(1).max(64).default(8),
  /** How long an answer holds for the same question; 0: it is always asked anew. */
  cacheSeconds: z.int().min(0).max(86_400).default(600),
  /** Failures in a row after which it is left alone, and for how long. */
  breakerFailures: z.int().min(1).max(100).default(5),
  breakerSeconds: z.int().min(1).max(3_600).default(30),
});

export type CommonSettings = z.infer<z.ZodObject<ReturnType<typeof commonSettings>>>;

/** The address of a service, without a slash at the end. */
export const baseUrl = (fallback: string) =>
  z
    .string()
    .max(URL_SETTING_CHARS_MAX)
    .default(fallback)
    .transform((url) => url.replace(/\/+$/, ""));
