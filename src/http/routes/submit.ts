import { createRoute, z } from "@hono/zod-openapi";
import { idempotencyKeySchema } from "../../comments/schema.ts";
import { submitComment, type SubmittedComment } from "../../comments/submit.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { isOfOrigins } from "../../sites/canonical-url.ts";
import { getSite, type Site } from "../../sites/site.ts";
import { renderFormErrorPage } from "../../web/pages/form-error-page.ts";
import type { App } from "../app.ts";
import { createClientIp } from "../client-ip.ts";
import type { Request } from "../env.ts";
import { formErrorView } from "../form-error-view.ts";
import { mayRemember, rememberOwnComment, saveAuthor } from "../own-cookie.ts";
import { problemFromError } from "../problem.ts";
import { putHeader } from "../put-header.ts";
import { rateLimitHeaders } from "../rate-limit-headers.ts";
import { readerIp } from "../reader-ip.ts";
import { articleReturnUrl, receiptPath, withoutReturnParameters } from "../return-to-article.ts";
import {
  parsedSubmission,
  type ParsedSubmission,
  type RawFields,
  validateSubmission,
} from "../submission-body.ts";
import { wantsHtml } from "../wants-html.ts";
import { problemResponses, siteParam } from "./common.ts";
import { submissionBodies, submittedSchema } from "./comment-schemas.ts";

const submitRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/comments",
  operationId: "submitComment",
  tags: ["Comments"],
  summary: "Submit a comment",
  description:
    "Takes a comment by Parley's names or by WordPress's (`author email url comment comment_post_ID comment_parent`). " +
    "JSON is answered with 202 once the comment is stored; a form with 303 back to the article when that is of the site's " +
    "origins, else with a receipt page. The edit token lets its author see, edit and delete the comment; it is shown here only.",
  request: {
    params: z.object({ site: siteParam }),
    headers: z.object({
      "Idempotency-Key": idempotencyKeySchema.optional(),
      "X-Reader-IP": z.string().max(64).optional().openapi({
        description:
          "The reader's address, when a publisher's server submits for them; needs the scope comments:submit.",
      }),
    }),
    body: { required: true, content: submissionBodies },
  },
  responses: {
    202: {
      description: "Stored, and about to be checked",
      content: { "application/json": { schema: submittedSchema } },
    },
    303: {
      description:
        "Back to the article, or to a receipt page where that is not of the site's origins (forms)",
    },
    ...problemResponses(403, 404, 409, 413, 415, 422, 429, 503),
  },
});

export function submitRoutes(app: App, ctx: Context): void {
  const clientIp = createClientIp(ctx.config.http.trustedProxies);
  app.openAPIRegistry.registerPath(submitRoute);
  const showAgain = async (c: Request, site: Site, raw: RawFields, problem: AppError) => {
    ctx.metrics.submissions.inc({ outcome: problem.code });
    if (!wantsHtml(c)) throw problem;
    const { status, headers } = problemFromError(problem, { requestId: c.get("requestId") });
    for (const [name, value] of Object.entries(headers)) if (name !== "Content-Type") c.header(name, value);
    return c.html(renderFormErrorPage(formErrorView(ctx, c, site, raw, problem)), status);
  };
  app.post("/v1/sites/:site/comments", validateSubmission(ctx, showAgain), async (c) => {
    const site = await getSite(ctx, c.req.param("site"));
    const parsed = parsedSubmission(c);
    try {
      const connectionIp = clientIp(c.env.incoming?.socket.remoteAddress, c.req.header("x-forwarded-for"));
      return await submit(ctx, c, { site, parsed, ip: await readerIp(ctx, c, site, connectionIp) });
    } catch (error) {
      // Whatever the reason: a person must not lose what they typed.
      if (parsed.kind === "form" && error instanceof AppError) return showAgain(c, site, parsed.raw, error);
      throw error;
    }
  });
}

async function submit(
  ctx: Context,
  c: Request,
  { site, parsed, ip }: { site: Site; parsed: ParsedSubmission; ip: string },
): Promise<Response> {
  refuseForeignOrigin(ctx, c, site);
  const fields = { ...parsed.fields, url: parsed.fields.url ?? articleOfReferer(c, site) };
  const submitted = await submitComment(ctx, {
    site,
    fields,
    idempotencyKey: readIdempotencyKey(c),
    ip,
    userAgent: c.req.header("user-agent") ?? null,
    honeypotFilled: parsed.honeypotFilled,
    requestId: c.get("requestId"),
  });
  c.get("logFields")["commentId"] = submitted.id;
  return answerSubmitted(ctx, c, { site, parsed: { ...parsed, fields }, submitted });
}

/**
 * A page of another publication has no business posting here, nor a sandboxed frame in it, which hides its origin; programs and
 * privacy-minded browsers send none.
 */
function refuseForeignOrigin(ctx: Context, c: Request, site: Site): void {
  const origin = c.req.header("origin");
  if (origin === undefined || isOfOrigins(origin, site.origins)) return;
  if (origin === "null" && c.req.header("sec-fetch-site") !== "cross-site") return;
  if (origin === new URL(ctx.config.http.publicUrl).origin || origin === new URL(c.req.url).origin) return;
  throw new AppError("forbidden", "Comments of this site cannot be posted from there.", {
    reason: "origin_not_allowed",
  });
}

/**
 * A theme's form names no article by URL, but the browser may say where it stood. Across origins it says the origin alone
 * unless the page's referrer policy allows more; that is no article.
 */
function articleOfReferer(c: Request, site: Site): string | null {
  const referer = URL.parse(c.req.header("referer") ?? "");
  if (!referer || !isOfOrigins(referer.href, site.origins)) return null;
  return referer.pathname === "/" && referer.search === "" ? null : withoutReturnParameters(referer).href;
}

/** The draft has it as a quoted string (RFC 8941); the bare form is common and taken too. */
function readIdempotencyKey(c: Request): string | null {
  const header = c.req.header("idempotency-key");
  if (header === undefined) return null;
  const key = /^"(.*)"$/.exec(header.trim())?.[1] ?? header.trim();
  const parsed = idempotencyKeySchema.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", "The Idempotency-Key cannot be used.", {
    fields: [{ path: "Idempotency-Key", message: "1 to 200 characters" }],
  });
}

type Answer = { site: Site; parsed: ParsedSubmission; submitted: SubmittedComment };

function answerSubmitted(ctx: Context, c: Request, { site, parsed, submitted }: Answer): Response {
  const { limit } = submitted;
  const headers = rateLimitHeaders([{ ...limit, quota: limit.limit }]);
  for (const [name, value] of Object.entries(headers)) putHeader(c, name.toLowerCase(), value);
  putHeader(c, "cache-control", "no-store");
  const { id, status, editToken } = submitted;
  if (mayRemember(ctx, site)) remember(ctx, c, parsed, submitted);
  if (parsed.kind === "form" && wantsHtml(c)) return answerForm(ctx, c, { site, parsed, submitted });
  const statusUrl = `${ctx.config.http.publicUrl}/v1/sites/${site.key}/comments/${submitted.id}`;
  putHeader(c, "location", statusUrl);
  if (submitted.replayed) c.header("Idempotency-Replayed", "true");
  return c.json(
    { id, status, statusUrl, editToken, thread: { key: submitted.thread.key, url: submitted.thread.url } },
    202,
  );
}

function remember(ctx: Context, c: Request, parsed: ParsedSubmission, submitted: SubmittedComment): void {
  const { id, editToken } = submitted;
  if (parsed.kind === "form" && editToken !== null) rememberOwnComment(ctx, c, { id, token: editToken });
  if (!parsed.remember) return;
  const { name, email, website } = parsed.fields;
  saveAuthor(ctx, c, { name, email, website: website ?? "" });
}

function answerForm(ctx: Context, c: Request, { site, parsed, submitted }: Answer): Response {
  const { id } = submitted;
  const articleUrl = parsed.fields.url ?? submitted.thread.url;
  return c.redirect(articleReturnUrl(ctx, site, { id, articleUrl }) ?? receiptPath(ctx, site, id), 303);
}
