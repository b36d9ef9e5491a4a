import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { authorNotFound, getAuthor } from "../../moderation/review/get-author.ts";
import { authorStatusSchema } from "../../moderation/review/schema.ts";
import { setAuthorStatus } from "../../moderation/review/set-author-status.ts";
import { toBigintId } from "../../moderation/review/view.ts";
import type { App } from "../app.ts";
import { principalOf } from "../authenticated.ts";
import type { Request } from "../env.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses } from "./common.ts";
import { authorSchema, authorStatusResultSchema } from "./review-schemas.ts";

const params = z.object({ id: z.string().openapi({ example: "42" }) });

const getRoute = createRoute({
  method: "get",
  path: "/v1/review/authors/{id}",
  operationId: "getAuthor",
  tags: ["Review"],
  summary: "An author and what they have done",
  description: "Needs `comments:read`; the e-mail address is there only with `authors:manage`.",
  security: bearer,
  request: { params },
  responses: {
    200: { description: "The author", content: { "application/json": { schema: authorSchema } } },
    ...problemResponses(401, 403, 404, 503),
  },
});

const statusRoute = createRoute({
  method: "post",
  path: "/v1/review/authors/{id}/status",
  operationId: "setAuthorStatus",
  tags: ["Review"],
  summary: "Trust, ban or pardon an author",
  description:
    "The policy's rules ask for it. A ban may reject the author's waiting comments (`reject_held`) or the published ones as well " +
    "(`reject_all`), 2,000 per call; that needs `comments:moderate` too. Safe to repeat. Needs `authors:manage`.",
  security: bearer,
  request: { params, body: { content: { "application/json": { schema: authorStatusSchema } } } },
  responses: {
    200: { description: "Done", content: { "application/json": { schema: authorStatusResultSchema } } },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

export function reviewAuthorRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/review/authors/:id", async (c) => c.json(await getAuthor(ctx, principalOf(c), authorId(c))));

  app.openAPIRegistry.registerPath(statusRoute);
  app.post("/v1/review/authors/:id/status", validate("json", authorStatusSchema), async (c) =>
    c.json(await setAuthorStatus(ctx, principalOf(c), { ...c.req.valid("json"), id: authorId(c) })),
  );
}

function authorId(c: Request): string {
  const id = toBigintId(c.req.param("id") ?? "");
  if (id === undefined) throw authorNotFound();
  return id;
}
