import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { isUuid } from "../../ids.ts";
import { commentNotFound, getReview } from "../../moderation/review/get-review.ts";
import { listQueue } from "../../moderation/review/list-queue.ts";
import { queueQuerySchema } from "../../moderation/review/schema.ts";
import type { App } from "../app.ts";
import { principalOf } from "../authenticated.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses } from "./common.ts";
import { queuePageSchema, reviewDetailSchema } from "./review-schemas.ts";

const listRoute = createRoute({
  method: "get",
  path: "/v1/review/comments",
  operationId: "listReviewQueue",
  tags: ["Review"],
  summary: "Comments to review",
  description:
    "Held comments by priority, unless told otherwise. `status` may be repeated; `thread` is the publisher's key, the URL or the " +
    "id; `olderThan` and `newerThan` are seconds or a date (ISO 8601); `q` is looked for in texts and names, whatever its case. " +
    "`priority` sorts held comments only. Tokens for all sites may leave `site` out. Needs `comments:read`.",
  security: bearer,
  request: { query: queueQuerySchema },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: queuePageSchema } } },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/review/comments/{id}",
  operationId: "getReview",
  tags: ["Review"],
  summary: "Everything needed to decide one comment",
  description:
    "The comment with its earlier texts, its place in the thread, its author's history, all evidence and rules of its last check, " +
    "every decision, and comments with nearly the same text. Needs `comments:read`.",
  security: bearer,
  request: { params: z.object({ id: z.uuid() }) },
  responses: {
    200: { description: "The comment", content: { "application/json": { schema: reviewDetailSchema } } },
    ...problemResponses(401, 403, 404, 503),
  },
});

export function reviewQueueRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/review/comments", validate("query", queueQuerySchema), async (c) => {
    const page = await listQueue(ctx, principalOf(c), c.req.valid("query"));
    if (page.next !== null) {
      const url = new URL(c.req.url);
      url.searchParams.set("cursor", page.next);
      c.header("Link", `<${url.pathname}${url.search}>; rel="next"`);
    }
    return c.json(page);
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/review/comments/:id", async (c) => {
    const id = c.req.param("id").toLowerCase();
    if (!isUuid(id)) throw commentNotFound();
    return c.json(await getReview(ctx, principalOf(c), id));
  });
}
