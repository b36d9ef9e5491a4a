import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { diffPolicies } from "../../moderation/diff-policies.ts";
import { rollBackPolicy } from "../../moderation/roll-back-policy.ts";
import type { App } from "../app.ts";
import { authenticated, principalOf } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { documentBody, replacedSchema, versionNumber } from "./policy-schemas.ts";

const SCOPE = "policies:manage";
const params = z.object({ site: siteParam });

const policyName = z.union([z.enum(["in-force", "draft"]), z.coerce.number().pipe(versionNumber)]);
const diffQuery = z.object({
  from: policyName.default("in-force").openapi({ description: "A version, `in-force` or `draft`." }),
  to: policyName.default("draft").openapi({ description: "Likewise." }),
});

const diffSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    text: z.string().openapi({ description: "A unified diff; empty when the documents are the same." }),
    rules: z
      .object({
        added: z.array(z.string()),
        removed: z.array(z.string()),
        changed: z.array(z.object({ id: z.string(), members: z.array(z.string()) })),
        moved: z.array(z.string()),
      })
      .nullable()
      .openapi({ description: "By rule; null when one of the documents is not sound." }),
    members: z.array(z.string()).openapi({ description: "Other members that differ." }),
  })
  .openapi("PolicyDiff");

const diffRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/policy/diff",
  operationId: "diffPolicies",
  tags: ["Policies"],
  summary: "What differs between two versions, or a version and the draft",
  description: "Scope `policies:manage`.",
  security: bearer,
  request: { params, query: diffQuery },
  responses: {
    200: { description: "The differences", content: { "application/json": { schema: diffSchema } } },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

const rollBackBody = z
  .strictObject({
    version: versionNumber,
    note: documentBody.shape.note,
    basedOn: documentBody.shape.basedOn,
  })
  .openapi("PolicyRollback");

const rollBackRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/policy/rollback",
  operationId: "rollBackPolicy",
  tags: ["Policies"],
  summary: "Put an earlier version in force again",
  description:
    "Scope `policies:manage`. Its document becomes a new version: the list of versions only grows.",
  security: bearer,
  request: { params, body: { required: true, content: { "application/json": { schema: rollBackBody } } } },
  responses: {
    200: { description: "In force", content: { "application/json": { schema: replacedSchema } } },
    ...problemResponses(401, 403, 404, 409, 413, 422, 503),
  },
});

export function policyHistoryRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);

  app.openAPIRegistry.registerPath(diffRoute);
  app.get("/v1/sites/:site/policy/diff", auth, validate("query", diffQuery), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const { from, to } = c.req.valid("query");
    return c.json(await diffPolicies(ctx, site, from, to));
  });

  app.openAPIRegistry.registerPath(rollBackRoute);
  app.post("/v1/sites/:site/policy/rollback", auth, validate("json", rollBackBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const input = { ...c.req.valid("json"), createdBy: principalOf(c).name };
    return c.json(await rollBackPolicy(ctx, site, input));
  });
}
