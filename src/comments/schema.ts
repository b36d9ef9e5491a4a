import { z } from "zod";
import { isValidEmail, normaliseEmail } from "../accounts/email.ts";
import { IDEMPOTENCY_KEY_CHARS_MAX, type Limits } from "../sites/limits.ts";

/** A text has at least half as many code points as UTF-16 units and at most as many: most need no counting. */
const hasAtMost = (charsMax: number) => (text: string) =>
  text.length <= charsMax || codePoints(text) <= charsMax;
const hasAtLeast = (charsMin: number) => (text: string) =>
  text.length >= charsMin * 2 || codePoints(text) >= charsMin;

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Text without what no field may carry: NUL (PostgreSQL refuses it) and lone surrogates. */
const text = (charsMax: number) =>
  z
    .string()
    .max(charsMax * 2 + 1_000, `at most ${charsMax} characters`)
    .overwrite((value) => value.replaceAll("\u0000", "").toWellFormed().trim())
    .refine(hasAtMost(charsMax), `at most ${charsMax} characters`);

const emptyToNull = <T extends z.ZodType<string>>(schema: T) =>
  schema.nullish().transform((value) => (value === undefined || value === "" ? null : value));

const webUrl = (charsMax: number) =>
  text(charsMax).refine((value) => value === "" || isWebUrl(value), "not a web address (http or https)");

/** A bare host as readers type it (`example.org`) is taken as https. */
const website = (charsMax: number) =>
  text(charsMax)
    .overwrite((value) => (value === "" || /^[a-z][a-z0-9+.-]*:/i.test(value) ? value : `https://${value}`))
    .refine((value) => value === "" || isWebUrl(value), "not a web address (http or https)");

function isWebUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "";
}

/** What a reader submits, by our names; `http/submission-body.ts` brings WordPress's names to these. */
export function submissionSchema(limits: Limits) {
  return z.object({
    name: text(limits.nameCharsMax).refine((value) => value !== "", "required"),
    email: text(limits.emailCharsMax)
      .refine((value) => value !== "", { message: "required", abort: true })
      .refine((value) => isValidEmail(normaliseEmail(value)), "not an e-mail address"),
    body: text(limits.bodyCharsMax)
      .refine((value) => value !== "", { message: "required", abort: true })
      .refine(hasAtLeast(limits.bodyCharsMin), `at least ${limits.bodyCharsMin} characters`),
    website: emptyToNull(website(limits.urlCharsMax)),
    parentId: emptyToNull(z.string().trim().max(64)).refine(
      (value) => value === null || z.uuid().safeParse(value).success,
      "not a comment id",
    ),
    url: emptyToNull(webUrl(limits.urlCharsMax)),
    title: emptyToNull(text(limits.titleCharsMax)),
    /** The publisher's own key of the article. */
    threadKey: emptyToNull(text(200)),
    /** The signed token of a form that Parley rendered. */
    token: emptyToNull(z.string().max(1_000)),
  });
}
export type SubmissionFields = z.output<ReturnType<typeof submissionSchema>>;

/** The same schema with the default limits, for the API description and as the public type. */
export const idempotencyKeySchema = z.string().min(1).max(IDEMPOTENCY_KEY_CHARS_MAX);

export function editSchema(limits: Limits) {
  return z.object({ body: submissionSchema(limits).shape.body });
}
