import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { AppError, type FieldProblem } from "../../errors.ts";
import { checkPolicy } from "../../moderation/check-policy.ts";
import { POLICY_LIMITS } from "../../moderation/policy/document.ts";
import { promoteDraft } from "../../moderation/promote-draft.ts";
import { discardDraft, getDraft, type PolicyDraft, saveDraft } from "../../sites/policy-drafts.ts";
import type { App } from "../app.ts";
import { authenticated, principalOf } from "../authenticated.ts";
import { permittedSite } from "../permitted-site.ts";
import { validate } from "../validate.ts";
import { bearer, problemResponses, siteParam } from "./common.ts";
import { documentBody, replacedSchema, versionNumber } from "./policy-schemas.ts";

const SCOPE = "policies:manage";
const PATH = "/v1/sites/{site}/policy/draft";
const params = z.object({ site: siteParam });
const revision = z.int().min(1).max(2_147_483_647);

const saveBody = z
  .strictObject({
    source: documentBody.shape.source.refine(
      (source) => Buffer.byteLength(source) <= POLICY_LIMITS.documentBytesMax,
      `at most ${POLICY_LIMITS.documentBytesMax} bytes`,
    ),
    note: documentBody.shape.note,
    revision: revision
      .nullable()
      .default(null)
      .openapi({ description: "Of the draft that was seen; null when there was none." }),
    basedOn: versionNumber
      .nullable()
      .default(null)
      .openapi({ description: "The version that was taken in; null leaves it, or means the one in force." }),
  })
  .openapi("PolicyDraftSave");

const promoteBody = z.strictObject({ revision, note: documentBody.shape.note }).openapi("PolicyDraftPromote");
const discardQuery = z.object({ revision: z.coerce.number().pipe(revision).optional() });

const draftSchema = z
  .object({
    source: z.string(),
    note: z.string().nullable(),
    basedOn: z.int(),
    revision: z.int(),
    updatedBy: z.string(),
    updatedAt: z.iso.datetime(),
    problems: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .openapi({ description: "What keeps it from being promoted; failing tests of its own too." }),
  })
  .openapi("PolicyDraft");
const draftContent = { content: { "application/json": { schema: draftSchema } } };

const getRoute = createRoute({
  method: "get",
  path: PATH,
  operationId: "getPolicyDraft",
  tags: ["Policies"],
  summary: "The draft of the next policy",
  description: "Scope `policies:manage`.",
  security: bearer,
  request: { params },
  responses: { 200: { description: "The draft", ...draftContent }, ...problemResponses(401, 403, 404, 503) },
});

const saveRoute = createRoute({
  method: "put",
  path: PATH,
  operationId: "savePolicyDraft",
  tags: ["Policies"],
  summary: "Save the draft of the next policy",
  description:
    "Scope `policies:manage`. One draft per site; it need not be sound yet, and decides nothing. 409 when somebody else saved it since " +
    "`revision`. Try it with a backtest (`policy: { draft: true }`), then promote it.",
  security: bearer,
  request: { params, body: { required: true, content: { "application/json": { schema: saveBody } } } },
  responses: {
    200: { description: "Saved", ...draftContent },
    ...problemResponses(401, 403, 404, 409, 413, 422, 503),
  },
});

const discardRoute = createRoute({
  method: "delete",
  path: PATH,
  operationId: "discardPolicyDraft",
  tags: ["Policies"],
  summary: "Throw the draft away",
  description: "Scope `policies:manage`. With `revision`: only if nobody else saved it since.",
  security: bearer,
  request: { params, query: discardQuery },
  responses: { 204: { description: "There is none now" }, ...problemResponses(401, 403, 404, 409, 422, 503) },
});

const promoteRoute = createRoute({
  method: "post",
  path: `${PATH}/promote`,
  operationId: "promotePolicyDraft",
  tags: ["Policies"],
  summary: "Put the draft in force",
  description:
    "Scope `policies:manage`. 409 when the draft was saved since `revision` (`draft_changed`), or another version came into force since " +
    "it was begun (`policy_changed`): save it with that version as `basedOn` then. 422 when anything is wrong with it.",
  security: bearer,
  request: { params, body: { required: true, content: { "application/json": { schema: promoteBody } } } },
  responses: {
    200: { description: "In force", content: { "application/json": { schema: replacedSchema } } },
    ...problemResponses(401, 403, 404, 409, 413, 422, 503),
  },
});

export function policyDraftRoutes(app: App, ctx: Context): void {
  const auth = authenticated(ctx);
  const path = "/v1/sites/:site/policy/draft";

  app.openAPIRegistry.registerPath(getRoute);
  app.get(path, auth, async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    return c.json(await withProblems(await getDraft(ctx, site)));
  });

  app.openAPIRegistry.registerPath(saveRoute);
  app.put(path, auth, validate("json", saveBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const input = { ...c.req.valid("json"), updatedBy: principalOf(c).name };
    return c.json(await withProblems(await saveDraft(ctx, site, input)));
  });

  app.openAPIRegistry.registerPath(discardRoute);
  app.delete(path, auth, validate("query", discardQuery), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    await discardDraft(ctx, site, c.req.valid("query").revision ?? null);
    return c.body(null, 204);
  });

  app.openAPIRegistry.registerPath(promoteRoute);
  app.post(`${path}/promote`, auth, validate("json", promoteBody), async (c) => {
    const site = await permittedSite(ctx, c, SCOPE);
    const input = { ...c.req.valid("json"), createdBy: principalOf(c).name };
    return c.json(await promoteDraft(ctx, site, input));
  });
}

async function withProblems(draft: PolicyDraft): Promise<PolicyDraft & { problems: FieldProblem[] }> {
  try {
    await checkPolicy(draft.source);
    return { ...draft, problems: [] };
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== "invalid_policy") throw error;
    return { ...draft, problems: error.fields };
  }
}
