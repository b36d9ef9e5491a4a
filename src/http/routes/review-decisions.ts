import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { isUuid } from "../../ids.ts";
import { decideComment } from "../../moderation/review/decide-comment.ts";
import { decideComments } from "../../moderation/review/decide-comments.ts";
import { commentNotFound } from "../../moderation/review/get-review.ts";
import { listReasons } from "../../moderation/review/reasons.ts";
import { decisionsSchema, REVIEW_LIMITS, undoSchema, verdictSchema } from "../../moderation/review/schema.ts";
import { decisionNotFound, undoDecision } from "../../moderation/review/undo-decision.ts";
import type { App } from "../app.ts";
import { principalOf } from "../authenticated.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses } from "./common.ts";
import { decidedSchema, decisionResultsSchema, reasonsSchema } from "./review-schemas.ts";

const decided = { description: "Decided", content: { "application/json": { schema: decidedSchema } } };

const decideManyRoute = createRoute({
  method: "post",
  path: "/v1/review/decisions",
  operationId: "decideComments",
  tags: ["Review"],
  summary: `Decide up to ${REVIEW_LIMITS.decisionsMax} comments`,
  description:
    "Each on its own: `results` come in the order of the request, with `decided`, `repeated` (this token had decided just that " +
    "already), `conflict` (someone was faster: who and what) or `not_found`. To reject, a reason is required. Safe to repeat. " +
    "Needs `comments:moderate`.",
  security: bearer,
  request: { body: { content: { "application/json": { schema: decisionsSchema } } } },
  responses: {
    200: { description: "Results", content: { "application/json": { schema: decisionResultsSchema } } },
    ...problemResponses(401, 403, 422, 503),
  },
});

const decideRoute = createRoute({
  method: "post",
  path: "/v1/review/comments/{id}/decision",
  operationId: "decideComment",
  tags: ["Review"],
  summary: "Decide one comment",
  description:
    "With the `version` that was seen: if the comment has changed since, the answer is 409, its `conflict` says who did what and " +
    "when, and nothing is overwritten. To reject, a reason is required. Safe to repeat. Needs `comments:moderate`.",
  security: bearer,
  request: {
    params: z.object({ id: z.uuid() }),
    body: { content: { "application/json": { schema: verdictSchema } } },
  },
  responses: { 200: decided, ...problemResponses(401, 403, 404, 409, 422, 503) },
});

const undoRoute = createRoute({
  method: "post",
  path: "/v1/review/decisions/{id}/undo",
  operationId: "undoDecision",
  tags: ["Review"],
  summary: "Take a decision back",
  description:
    "While it is the effective one; the comment has its status of before again. What was never checked is checked then; what the " +
    "policy itself decided is held for a moderator instead. Safe to repeat. Needs `comments:moderate`.",
  security: bearer,
  request: {
    params: z.object({ id: z.uuid() }),
    body: { required: false, content: { "application/json": { schema: undoSchema } } },
  },
  responses: { 200: decided, ...problemResponses(401, 403, 404, 409, 422, 503) },
});

const reasonsRoute = createRoute({
  method: "get",
  path: "/v1/review/reasons",
  operationId: "listReasons",
  tags: ["Review"],
  summary: "The reasons a decision may give",
  description: "In the order to show them, each with the sentence its author is told. Needs a token.",
  security: bearer,
  responses: {
    200: { description: "Reasons", content: { "application/json": { schema: reasonsSchema } } },
    ...problemResponses(401),
  },
});

export function reviewDecisionRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(decideManyRoute);
  app.post("/v1/review/decisions", validate("json", decisionsSchema), async (c) => {
    const { decisions } = c.req.valid("json");
    return c.json({ results: await decideComments(ctx, principalOf(c), decisions) });
  });

  app.openAPIRegistry.registerPath(decideRoute);
  app.post("/v1/review/comments/:id/decision", validate("json", verdictSchema), async (c) => {
    const id = c.req.param("id").toLowerCase();
    if (!isUuid(id)) throw commentNotFound();
    return c.json(await decideComment(ctx, principalOf(c), id, c.req.valid("json")));
  });

  app.openAPIRegistry.registerPath(undoRoute);
  app.post("/v1/review/decisions/:id/undo", validate("json", undoSchema), async (c) => {
    const id = c.req.param("id").toLowerCase();
    if (!isUuid(id)) throw decisionNotFound();
    const { note } = c.req.valid("json");
    return c.json(await undoDecision(ctx, principalOf(c), { id, note, requestId: c.get("requestId") }));
  });

  app.openAPIRegistry.registerPath(reasonsRoute);
  app.get("/v1/review/reasons", (c) => c.json({ reasons: listReasons() }));
}
