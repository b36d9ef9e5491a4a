import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { decodeCursor, encodeCursor } from "../../cursor.ts";
import { checkPolicy } from "../../moderation/check-policy.ts";
import { replacePolicy } from "../../moderation/replace-policy.ts";
import { AppError } from "../../errors.ts";
import { getPolicy, listPolicies } from "../../sites/policies.ts";
import type { App } from "../app.ts";
import { authenticated, principalOf } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { answerDocument, readDocument } from "../policy-document.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { policyDraftRoutes } from "./policy-drafts.ts";
import { policyHistoryRoutes } from "./policy-history.ts";
import { policyVocabularyRoutes } from "./policy-vocabulary.ts";
import {
  checkedSchema,
  documentContent,
  documentRequest,
  policySchema,
  replacedSchema,
  versionListSchema,
} from "./policy-schemas.ts";
import { pageQuery } from "./site-schemas.ts";

const SCOPE = "policies:manage";
const params = z.object({ site: siteParam });
const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema } },
});
const asDocument = {
  description: "The document: JSON, or its YAML alone to `Accept: text/yaml`",
  content: documentContent(policySchema),
};

const getRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/policy",
  operationId: "getPolicy",
  tags: ["Policies"],
  summary: "The policy in force",
  description: "Scope `policies:manage`.",
  security: bearer,
  request: { params },
  responses: { 200: asDocument, ...problemResponses(401, 403, 404, 503) },
});

const replaceRoute = createRoute({
  method: "put",
  path: "/v1/sites/{site}/policy",
  operationId: "replacePolicy",
  tags: ["Policies"],
  summary: "Put a policy in force",
  description:
    "Scope `policies:manage`. The document is compiled first; if anything is wrong with it, `errors` names every place and nothing " +
    "changes. Otherwise it is a new version, in force at once. Comments decided before stay as they are.",
  security: bearer,
  request: { params, ...documentRequest },
  responses: {
    200: json("In force", replacedSchema),
    ...problemResponses(401, 403, 404, 409, 413, 415, 422, 503),
  },
});

const checkRoute = createRoute({
  method: "post",
  path: "/v1/sites/{site}/policy/check",
  operationId: "checkPolicy",
  tags: ["Policies"],
  summary: "Check a policy without saving it",
  description:
    "Scope `policies:manage`. Says how the document was understood, or everything that is wrong with it.",
  security: bearer,
  request: { params, ...documentRequest },
  responses: {
    200: json("Nothing is wrong with it", checkedSchema),
    ...problemResponses(401, 403, 404, 413, 415, 422),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/policy/versions",
  operationId: "listPolicyVersions",
  tags: ["Policies"],
  summary: "All versions of the policy, latest first",
  description: "Scope `policies:manage`.",
  security: bearer,
  request: { params, query: pageQuery },
  responses: { 200: json("A page", versionListSchema), ...problemResponses(401, 403, 404, 422, 503) },
});

const versionRoute = createRoute({
  method: "get",
  path: "/v1/sites/{site}/policy/versions/{version}",
  operationId: "getPolicyVersion",
  tags: ["Policies"],
  summary: "One version of the policy",
  description: "Scope `policies:manage`.",
  security: bearer,
  request: { params: z.object({ site: siteParam, version: z.string().openapi({ example: "1" }) }) },
  responses: { 200: asDocument, ...problemResponses(401, 403, 404, 503) },
});

export function policyRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/sites/:site/policy", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return answerDocument(c, await getPolicy(ctx, site, site.policyVersion));
  });

  app.openAPIRegistry.registerPath(replaceRoute);
  app.put("/v1/sites/:site/policy", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const document = await readDocument(c);
    return c.json(await replacePolicy(ctx, { site, ...document, createdBy: principalOf(c).name }));
  });

  app.openAPIRegistry.registerPath(checkRoute);
  app.post("/v1/sites/:site/policy/check", auth, async (c) => {
    await permittedSite(ctx, c, SCOPE);
    const { source } = await readDocument(c);
    return c.json(await checkPolicy(source));
  });

  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/sites/:site/policy/versions", auth, validate("query", pageQuery), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const { limit, cursor } = c.req.valid("query");
    const scope = `policies ${site.id}`;
    const [before] = cursor === undefined ? [] : decodeCursor(ctx.keys.cursor, scope, cursor);
    const page = await listPolicies(ctx, site, { before: typeof before === "number" ? before : null, limit });
    return c.json({
      inForce: site.policyVersion,
      versions: page.versions,
      next: page.next === null ? null : encodeCursor(ctx.keys.cursor, scope, [page.next]),
    });
  });

  app.openAPIRegistry.registerPath(versionRoute);
  app.get("/v1/sites/:site/policy/versions/:version", auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const version = c.req.param("version");
    if (!/^[1-9]\d{0,8}$/.test(version))
      throw new AppError("not_found", "There is no such version of the policy.");
    return answerDocument(c, await getPolicy(ctx, site, Number(version)));
  });

  policyDraftRoutes(app, ctx);
  policyHistoryRoutes(app, ctx);
  policyVocabularyRoutes(app);
}
