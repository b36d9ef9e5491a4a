import { z } from "zod";

const chars = (max: number) => z.int().min(1).max(max);

/**
 * Every limit on what readers send, in one place, each overridable per site (`settings.limits`).
 * The defaults follow what the field uses: Coral's 2–5,000 characters, Isso's 15 minutes to edit, Lemmy's 6 per 10 minutes.
 */
export const limitsSchema = z
  .strictObject({
    /** Unicode code points of the body, white space around it not counted. */
    bodyCharsMin: chars(5_000).default(2),
    bodyCharsMax: chars(50_000).default(5_000),
    nameCharsMax: chars(245).default(100),
    /** RFC 5321 §4.5.3.1.3 */
    emailCharsMax: chars(254).default(254),
    urlCharsMax: chars(2_048).default(2_048),
    titleCharsMax: chars(1_000).default(300),
    /** Levels of replies below a first comment; a reply to the deepest is refused. */
    depthMax: z.int().min(0).max(50).default(10),
    editWindowSeconds: z.int().min(0).max(86_400).default(900),
    /** Changes of one comment's text by its author. */
    editsPerCommentMax: z.int().min(0).max(1_000).default(10),
    /** How long a form may stay open before its token expires. */
    formAgeSecondsMax: z.int().min(60).max(604_800).default(86_400),
    /** Submissions, before any check; the policy's flood rules are finer. */
    perIpPerTenMinutes: z.int().min(1).max(1_000_000).default(20),
    perAuthorPerTenMinutes: z.int().min(1).max(1_000_000).default(10),
    perSitePerMinute: z.int().min(1).max(10_000_000).default(6_000),
    /** New threads that readers may open by posting on articles nobody registered. */
    newThreadsPerHour: z.int().min(0).max(1_000_000).default(1_000),
  })
  .refine((limits) => limits.bodyCharsMin <= limits.bodyCharsMax, {
    path: ["bodyCharsMin"],
    message: "is more than bodyCharsMax",
  });
export type Limits = z.infer<typeof limitsSchema>;

/** Limits that hold whatever a site says. */
export const REQUEST_BYTES_MAX = 256 * 1024;
export const IDEMPOTENCY_KEY_CHARS_MAX = 200;
export const PAGE_SIZE_DEFAULT = 50;
export const PAGE_SIZE_MAX = 100;
export const COUNT_URLS_MAX = 200;
export const LIST_ENTRIES_MAX = 10_000;
export const LIST_ENTRY_CHARS_MAX = 200;
