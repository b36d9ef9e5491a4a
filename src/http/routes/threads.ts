import { createRoute, z } from "@hono/zod-openapi";
import { registerThread } from "../../comments/register-thread.ts";
import { findThread, isClosed, type Thread } from "../../comments/thread.ts";
import { getThreadById, threadNotFound, updateThread } from "../../comments/update-thread.ts";
import type { Context } from "../../context.ts";
import { languageSchema } from "../../sites/schema.ts";
import { storable } from "../../storable-text.ts";
import type { App } from "../app.ts";
import { authenticated } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { articleQuery } from "./comment-schemas.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";

const SCOPE = "threads:write";
const ID = /^[1-9]\d{0,17}$/;

const settings = {
  title: z.string().overwrite(storable).trim().min(1).max(1_000).nullable().optional(),
  language: languageSchema
    .nullable()
    .optional()
    .openapi({ description: "Of the article; the site's unless given." }),
  closed: z.boolean().optional().openapi({ description: "true closes now, false opens (again) for good." }),
  closeAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .nullable()
    .optional()
    .openapi({
      type: "string",
      format: "date-time",
      description: "Not together with `closed`; null: never.",
    }),
};
const url = z
  .string()
  .overwrite(storable)
  .max(2_048)
  .openapi({ description: "The article's address, of the site's origins." });

const registerBody = z
  .strictObject({
    url,
    key: z
      .string()
      .overwrite(storable)
      .trim()
      .min(1)
      .max(200)
      .optional()
      .openapi({ description: "The publisher's own key of the article." }),
    ...settings,
  })
  .openapi("ThreadRegistration");

const changeBody = z.strictObject({ url: url.optional(), ...settings }).openapi("ThreadChange");

const threadSchema = z
  .object({
    id: z.string(),
    key: z.string(),
    url: z.string(),
    canonicalUrl: z.string(),
    title: z.string().nullable(),
    language: z.string().nullable(),
    count: z.int().openapi({ description: "Published comments." }),
    closed: z.boolean(),
    closedAt: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "Since when, or from when on, it takes no comments." }),
    createdAt: z.iso.datetime(),
  })
  .openapi("Thread");

const params = z.object({ site: siteParam, id: z.string() });
const answer = (description: string) => ({
  description,
  content: { "application/json": { schema: threadSchema } },
});

const registerRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/threads",
  operationId: "registerThread",
  tags: ["Threads"],
  summary: "Register an article, or bring its thread up to date",
  description:
    "Scope `threads:write`. Found by key, else by URL; what is left out stays as it is, so the call may be repeated. An article that " +
    "has moved is registered again with its key and new URL.",
  security: bearer,
  request: {
    params: z.object({ site: siteParam }),
    body: { content: { "application/json": { schema: registerBody } } },
  },
  responses: {
    200: answer("It was there"),
    201: answer("Made"),
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

const findRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/threads",
  operationId: "findThread",
  tags: ["Threads"],
  summary: "The thread of an article, by URL or key",
  description: "Scope `threads:write`.",
  security: bearer,
  request: { params: z.object({ site: siteParam }), query: articleQuery },
  responses: { 200: answer("The thread"), ...problemResponses(401, 403, 404, 422, 503) },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/threads/{id}",
  operationId: "getThread",
  tags: ["Threads"],
  summary: "One thread",
  description: "Scope `threads:write`.",
  security: bearer,
  request: { params },
  responses: { 200: answer("The thread"), ...problemResponses(401, 403, 404, 503) },
});

const updateRoute = createRoute({
  method: "patch",
  path: "/v1/sites/{site}/threads/{id}",
  operationId: "updateThread",
  tags: ["Threads"],
  summary: "Close, reopen, rename or move a thread",
  description: "Scope `threads:write`. Readers see the change with their next request.",
  security: bearer,
  request: { params, body: { content: { "application/json": { schema: changeBody } } } },
  responses: { 200: answer("The thread as it is now"), ...problemResponses(401, 403, 404, 422, 503) },
});

export function threadRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);

  app.openAPIRegistry.registerPath(registerRoute);
  app.post("/v1/sites/:site/threads", auth, validate("json", registerBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const { key, ...input } = c.req.valid("json");
    const { thread, outcome } = await registerThread(ctx, site, { ...input, key: key ?? null });
    c.header("Location", `${ctx.config.http.publicUrl}/v1/sites/${site.key}/threads/${thread.id}`);
    return c.json(present(ctx, thread), outcome === "created" ? 201 : 200);
  });

  app.openAPIRegistry.registerPath(findRoute);
  app.get("/v1/sites/:site/threads", auth, validate("query", articleQuery), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const { url, key } = c.req.valid("query");
    const thread = await findThread(ctx, site, { url: url ?? null, key: key ?? null });
    if (!thread) throw threadNotFound();
    return c.json(present(ctx, thread));
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/threads/:id", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return c.json(present(ctx, await getThreadById(ctx, site, readId(c.req.param("id")))));
  });

  app.openAPIRegistry.registerPath(updateRoute);
  app.patch("/v1/sites/:site/threads/:id", auth, validate("json", changeBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const thread = await updateThread(ctx, site, readId(c.req.param("id")), c.req.valid("json"));
    return c.json(present(ctx, thread));
  });
}

function readId(id: string): string {
  if (!ID.test(id)) throw threadNotFound();
  return id;
}

function present(ctx: Context, thread: Thread) {
  const { id, key, url, canonicalUrl, title, language, publishedCount: count, closedAt, createdAt } = thread;
  const closed = isClosed(thread, ctx.clock.now());
  return { id, key, url, canonicalUrl, title, language, count, closed, closedAt, createdAt };
}
