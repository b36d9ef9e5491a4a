import { zValidator } from "@hono/zod-validator";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
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
  const schemas = new WeakMap<Site, ReturnType<typeof bodySchema>>();
  return async (c, next) => {
    const site = await getSite(ctx, c.req.param("site"));
    const schema = schemas.get(site) ?? bodySchema(ctx, site);
    schemas.set(site, schema);
    const kind = bodyKind(c);
    const validator: MiddlewareHandler = zValidator(
      kind,
      schema,
      (result): Promise<Response> | undefined => {
        if (!result.success)
          return onInvalid(c, site, recordOf(result.data), invalidInput(result.error.issues));
        const { extra, ...fields } = result.data;
        c.set("submission", { fields, ...extra, kind });
        return undefined;
      },
      // Nothing in it waits, and zod compiles an object only for its synchronous form.
      { validationFunction: (shape, value) => shape.safeParse(value) },
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

/** What the body says beside the fields; made by {@link toOurNames}, never by the sender. */
type Extra = Pick<ParsedSubmission, "honeypotFilled" | "remember" | "raw">;

function bodySchema(ctx: Context, site: Site) {
  const honeypot = honeypotName(ctx.keys, site);
  const schema = submissionSchema(site.settings.limits).extend({ extra: z.custom<Extra>() });
  return z.preprocess((raw) => toOurNames(raw, honeypot), schema);
}

/**
 * Brings WordPress's names (`author email url comment comment_post_ID comment_parent`) to ours. The same word `url` is the
 * article's in our vocabulary and the author's in WordPress's: `comment` or `comment_post_ID` tells which one is spoken.
 */
function toOurNames(raw: unknown, honeypot: string): unknown {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return raw;
  const given = recordOf(raw);
  const filled = given[honeypot];
  const extra: Extra = {
    honeypotFilled: typeof filled === "string" && filled.trim() !== "",
    remember: given["remember"] !== undefined || given["wp-comment-cookies-consent"] !== undefined,
    raw: given,
  };
  if (!isWordPress(given)) return { ...given, extra };
  const postId = given["comment_post_ID"];
  return {
    name: given["author"],
    email: given["email"],
    website: given["url"],
    body: given["comment"],
    parentId:
      given["comment_parent"] === "0" || given["comment_parent"] === 0 ? null : given["comment_parent"],
    threadKey: typeof postId === "number" ? String(postId) : postId,
    url: given["redirect_to"],
    title: given["title"],
    token: given["token"],
    extra,
  };
}

function recordOf(raw: unknown): RawFields {
  return typeof raw === "object" && raw !== null ? Object.fromEntries(Object.entries(raw)) : {};
}

export function isWordPress(raw: RawFields): boolean {
  return !("body" in raw) && ("comment" in raw || "comment_post_ID" in raw);
}
