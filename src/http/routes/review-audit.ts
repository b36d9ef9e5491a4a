import { createRoute, z } from "@hono/zod-openapi";
import { COMMENT_STATUSES } from "../../comments/status.ts";
import type { Context } from "../../context.ts";
import { isUuid } from "../../ids.ts";
import { getAudit } from "../../moderation/review/get-audit.ts";
import { commentNotFound } from "../../moderation/review/get-review.ts";
import type { App } from "../app.ts";
import { principalOf } from "../authenticated.ts";
import { bearer, problemResponses } from "./common.ts";
import { loggedDecisionSchema, policyExplanationSchema } from "./review-schemas.ts";

const reproduction = z
  .union([
    z.object({ outcome: z.literal("same") }),
    z.object({ outcome: z.literal("differs"), action: z.string(), rule: z.string(), reason: z.string() }),
    z.object({
      outcome: z.literal("impossible"),
      why: z.enum(["evidence_unreadable", "policy_unknown", "policy_invalid"]),
    }),
  ])
  .openapi("Reproduction");

const automatic = z.object({
  policy: z
    .object({ version: z.int(), name: z.string(), sha256: z.string() })
    .nullable()
    .openapi({ description: "`sha256` is that of the document, GET /v1/sites/{site}/policy/versions." }),
  model: z.string().nullable().openapi({
    description: "The learned model: the base and, after a +, the version that the site's moderators taught.",
  }),
  signals: z.record(z.string(), z.int()).openapi({ description: "Versions of the signals, by name." }),
  evidence: z.array(z.looseObject({})).nullable(),
  trace: z.array(z.looseObject({})).nullable(),
  explanation: policyExplanationSchema.nullable(),
  reproduction,
});

const auditSchema = z
  .object({
    comment: z.object({
      id: z.uuid(),
      site: z.string(),
      status: z.enum(COMMENT_STATUSES),
      version: z.int(),
      revision: z.int(),
      createdAt: z.iso.datetime(),
    }),
    decisions: z.array(
      z.object({
        ...loggedDecisionSchema.shape,
        automatic: automatic.nullable().openapi({ description: "Null of decisions by people." }),
      }),
    ),
    auditedWith: z.object({ parley: z.string() }),
  })
  .openapi("Audit");

const auditRoute = createRoute({
  method: "get",
  path: "/v1/review/comments/{id}/audit",
  operationId: "getAudit",
  tags: ["Review"],
  summary: "What was decided about a comment, and on what grounds",
  description:
    "For auditors: every decision with its evidence, its trace and the versions of what made it, decided once more from the stored " +
    "evidence by the policy of the time (`reproduction`). Holds neither the text nor an address. Needs `comments:read`.",
  security: bearer,
  request: { params: z.object({ id: z.uuid() }) },
  responses: {
    200: { description: "The audit", content: { "application/json": { schema: auditSchema } } },
    ...problemResponses(401, 403, 404, 503),
  },
});

export function reviewAuditRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(auditRoute);
  app.get("/v1/review/comments/:id/audit", async (c) => {
    const id = c.req.param("id").toLowerCase();
    if (!isUuid(id)) throw commentNotFound();
    return c.json(await getAudit(ctx, principalOf(c), id));
  });
}
