import { createRoute, z } from "@hono/zod-openapi";
import { countComments } from "../../comments/count.ts";
import { issueFormToken } from "../../comments/form-token.ts";
import { listComments } from "../../comments/list.ts";
import { canonicalUrl } from "../../sites/canonical-url.ts";
import { findThread } from "../../comments/thread.ts";
import type { Context } from "../../context.ts";
import { COUNT_URLS_MAX } from "../../sites/limits.ts";
import { getSite } from "../../sites/site.ts";
import type { App } from "../app.ts";
import { honeypotName } from "../honeypot.ts";
import { putHeader } from "../put-header.ts";
import { requestHeader } from "../request-header.ts";
import { validate, validateKnownQuery } from "../validate.ts";
import { articleQuery, listQuery, pageSchema } from "./comment-schemas.ts";
import { problemResponses, siteParam } from "./common.ts";

/** A reader may see a page this old without asking again, and one a little older while the next is fetched. */
const PUBLIC_CACHE = "public, max-age=5, stale-while-revalidate=30";

const listRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/comments",
  operationId: "listComments",
  tags: ["Comments"],
  summary: "The published comments of an article",
  description:
    "Depth-first: each first comment is followed by its replies. `sort` orders the first comments. Answers 304 when `If-None-Match` holds the page's ETag.",
  request: { params: z.object({ site: siteParam }), query: listQuery },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: pageSchema } } },
    304: { description: "Unchanged" },
    ...problemResponses(404, 422, 503),
  },
});

const countsSchema = z.object({ counts: z.record(z.string(), z.int()) }).openapi("Counts");
const countsBody = z.object({
  urls: z.array(z.string().max(2_048)).max(COUNT_URLS_MAX).default([]),
  keys: z.array(z.string().min(1).max(200)).max(COUNT_URLS_MAX).default([]),
});

const countRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/counts",
  operationId: "countComments",
  tags: ["Comments"],
  summary: "Published comments of many articles at once",
  description: `At most ${COUNT_URLS_MAX} URLs and ${COUNT_URLS_MAX} keys; the answer is keyed by what was asked.`,
  request: {
    params: z.object({ site: siteParam }),
    body: { content: { "application/json": { schema: countsBody } } },
  },
  responses: {
    200: { description: "Counts", content: { "application/json": { schema: countsSchema } } },
    ...problemResponses(404, 422, 503),
  },
});

const formRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/form",
  operationId: "getForm",
  tags: ["Comments"],
  summary: "What a comment form needs",
  description:
    "A signed token with the time of issue, bound to site and thread, and the name of the field that must stay empty.",
  request: { params: z.object({ site: siteParam }), query: articleQuery },
  responses: {
    200: {
      description: "Fields for the form",
      content: {
        "application/json": {
          schema: z.object({ action: z.url(), token: z.string(), honeypot: z.string() }).openapi("Form"),
        },
      },
    },
    ...problemResponses(404, 422, 503),
  },
});

export function readCommentRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/sites/:site/comments", validateKnownQuery(listQuery), async (c) => {
    const { url, key, sort, limit, cursor } = c.req.valid("query");
    const site = await getSite(ctx, c.req.param("site"));
    const article = { url: url ?? null, key: key ?? null };
    const known = requestHeader(c, "if-none-match");
    const input = { site, article, sort, limit, cursor: cursor ?? null, conditional: known !== undefined };
    const page = await listComments(ctx, input);
    putHeader(c, "etag", page.etag);
    putHeader(c, "cache-control", PUBLIC_CACHE);
    if (matches(known, page.etag)) return c.body(null, 304);
    const { body, next } = await page.render();
    if (next !== null) putHeader(c, "link", `<${addressOf(c.req.url, next, cursor)}>; rel="next"`);
    return c.body(body, 200, { "Content-Type": "application/json" });
  });

  app.openAPIRegistry.registerPath(countRoute);
  app.post("/v1/sites/:site/counts", validate("json", countsBody), async (c) => {
    const site = await getSite(ctx, c.req.param("site"));
    return c.json({ counts: await countComments(ctx, site, c.req.valid("json")) });
  });

  app.openAPIRegistry.registerPath(formRoute);
  app.get("/v1/sites/:site/form", validate("query", articleQuery), async (c) => {
    const { url, key } = c.req.valid("query");
    const site = await getSite(ctx, c.req.param("site"));
    const thread = await findThread(ctx, site, { url: url ?? null, key: key ?? null });
    const threadKey = thread?.key ?? key ?? canonicalUrl(url ?? "");
    const token = issueFormToken(ctx.keys.formTokens[0], {
      siteKey: site.key,
      threadKey,
      nowMs: ctx.clock.nowMs(),
    });
    const action = `${ctx.config.http.publicUrl}/v1/sites/${site.key}/comments`;
    c.header("Cache-Control", "no-store");
    return c.json({ action, token, honeypot: honeypotName(ctx.keys, site) });
  });
}

/** Path and query of the next page, from the URL of this one. */
function addressOf(url: string, next: string, cursor: string | undefined): string {
  // First pages are asked for most, and a URL taken apart is half the cost of one from the cache.
  if (cursor === undefined) return `${url.slice(url.indexOf("/", url.indexOf("//") + 2))}&cursor=${next}`;
  const address = new URL(url);
  address.searchParams.set("cursor", next);
  return address.pathname + address.search;
}

/** RFC 9110 §13.1.2: a list, weakly compared. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((candidate) => {
    const tag = candidate.trim().replace(/^W\//, "");
    return tag === etag || tag === "*";
  });
}
