import { zValidator } from "@hono/zod-validator";
import type { MiddlewareHandler } from "hono";
import { type SubmissionFields, submissionSchema } from "../comments/schema.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { getSite, type Site } from "../sites/site.ts";
import type { HttpEnv, Request } from "./env.ts";
import { honeypotName } from "./honeypot.ts";
import { invalidInput } from "./validate.ts";

type BodyKind = "json" | "form";
export type RawFields = Readonly<Record<string, unknown>>;
export type ParsedSubmission = {
  fields: SubmissionFields;
  honeypotFilled: boolean;
  /** The box "Save my name, …" was ticked. */
  remember: boolean;
  raw: RawFields;
  kind: BodyKind;
};

/** @throws AppError `unsupported_media` for anything but the three types a comment may come in. */
function bodyKind(c: Request): BodyKind {
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || /^application\/[\w.-]+\+json$/.test(type)) return "json";
  if (type === "application/x-www-form-urlencoded" || type === "multipart/form-data") return "form";
  throw new AppError(
    "unsupported_media",
    "Send application/json, application/x-www-form-urlencoded or multipart/form-data.",
  );
}

/** Answers a submission that cannot be taken as it is; `raw` is what was sent, to be shown again. */
export type OnInvalid = (c: Request, site: Site, raw: RawFields, problem: AppError) => Promise<Response>;

/** Validates a submission by the limits of its site, in whichever type and vocabulary; then see {@link parsedSubmission}. */
export function validateSubmission(ctx: Context, onInvalid: OnInvalid): MiddlewareHandler<HttpEnv, "/:site"> {
  const readers = new WeakMap<Site, ReturnType<typeof readerOf>>();
  return async (c, next) => {
    const site = await getSite(ctx, c.req.param("site"));
    const reader = readers.get(site) ?? readerOf(ctx, site);
    readers.set(site, reader);
    const kind = bodyKind(c);
    let extra = NOTHING_SAID;
    const validator: MiddlewareHandler = zValidator(
      kind,
      reader.schema,
      (result): Promise<Response> | undefined => {
        if (!result.success) {
          const raw = isRecord(result.data) ? result.data : {};
          return onInvalid(c, site, raw, invalidInput(result.error.issues));
        }
        c.set("submission", { fields: result.data, ...extra, kind });
        return undefined;
      },
      {
        // Nothing in it waits, and zod compiles an object only for its synchronous form.
        validationFunction: (schema, value) => {
          const read = toOurNames(value, reader.honeypot);
          extra = read.extra;
          return schema.safeParse(read.fields);
        },
      },
    );
    return validator(c, next);
  };
}

/** What {@link validateSubmission} left. */
export function parsedSubmission(c: Request): ParsedSubmission {
  const submission = c.get("submission");
  if (!submission) throw new TypeError("The submission was not validated.");
  return submission;
}

/** What the body says beside the fields. */
type Extra = Pick<ParsedSubmission, "honeypotFilled" | "remember" | "raw">;
const NOTHING_SAID: Extra = { honeypotFilled: false, remember: false, raw: {} };

function readerOf(ctx: Context, site: Site) {
  return { schema: submissionSchema(site.settings.limits), honeypot: honeypotName(ctx.keys, site) };
}

/**
 * Brings WordPress's names (`author email url comment comment_post_ID comment_parent`) to ours; `fields` are still to be validated.
 * The same word `url` is the article's in our vocabulary and the author's in WordPress's: `comment` or `comment_post_ID` tells which
 * one is spoken. Before the schema and not within it, where zod copies the whole once more.
 */
function toOurNames(raw: unknown, honeypot: string): { fields: unknown; extra: Extra } {
  if (!isRecord(raw)) return { fields: raw, extra: NOTHING_SAID };
  const filled = raw[honeypot];
  const extra: Extra = {
    honeypotFilled: typeof filled === "string" && filled.trim() !== "",
    remember: raw["remember"] !== undefined || raw["wp-comment-cookies-consent"] !== undefined,
    raw,
  };
  if (!isWordPress(raw)) return { fields: raw, extra };
  const postId = raw["comment_post_ID"];
  const fields = {
    name: raw["author"],
    email: raw["email"],
    website: raw["url"],
    body: raw["comment"],
    parentId: raw["comment_parent"] === "0" || raw["comment_parent"] === 0 ? null : raw["comment_parent"],
    threadKey: typeof postId === "number" ? String(postId) : postId,
    url: raw["redirect_to"],
    title: raw["title"],
    token: raw["token"],
  };
  return { fields, extra };
}

function isRecord(raw: unknown): raw is RawFields {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}

export function isWordPress(raw: RawFields): boolean {
  return !("body" in raw) && ("comment" in raw || "comment_post_ID" in raw);
}
