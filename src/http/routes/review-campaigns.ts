import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { isUuid } from "../../ids.ts";
import { closeCampaign } from "../../moderation/review/campaigns/close-campaign.ts";
import { decideCampaign } from "../../moderation/review/campaigns/decide-campaign.ts";
import { getCampaign } from "../../moderation/review/campaigns/get-campaign.ts";
import { listCampaigns } from "../../moderation/review/campaigns/list-campaigns.ts";
import { campaignNotFound } from "../../moderation/review/campaigns/present.ts";
import {
  CAMPAIGN_LIMITS,
  campaignActSchema,
  campaignDecisionSchema,
  campaignQuerySchema,
  campaignsQuerySchema,
} from "../../moderation/review/campaigns/schema.ts";
import { undoCampaignDecision } from "../../moderation/review/campaigns/undo-campaign.ts";
import type { App } from "../app.ts";
import { principalOf } from "../authenticated.ts";
import type { Request } from "../env.ts";
import { validate } from "../validate.ts";
import { campaignActResultSchema, campaignDetailSchema, campaignsPageSchema } from "./campaign-schemas.ts";
import { bearer, problemResponses } from "./common.ts";

const params = z.object({ id: z.uuid() });
const done = { description: "Done", content: { "application/json": { schema: campaignActResultSchema } } };

const listRoute = createRoute({
  method: "get",
  path: "/v1/review/campaigns",
  operationId: "listCampaigns",
  tags: ["Review"],
  summary: "Campaigns: nearly the same text from several people",
  description:
    "Open ones, unless told otherwise (`status` may be repeated), first those that are large and grow now. `since` leaves out those " +
    "without a comment since then: seconds or a date (ISO 8601). Tokens for all sites may leave `site` out. Needs `comments:read`.",
  security: bearer,
  request: { query: campaignsQuerySchema },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: campaignsPageSchema } } },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/review/campaigns/{id}",
  operationId: "getCampaign",
  tags: ["Review"],
  summary: "A campaign and its comments",
  description:
    "Its authors, articles and hours, what it links to, what moderators did, and a page of its comments, the latest first. Needs " +
    "`comments:read`.",
  security: bearer,
  request: { params, query: campaignQuerySchema },
  responses: {
    200: { description: "The campaign", content: { "application/json": { schema: campaignDetailSchema } } },
    ...problemResponses(401, 403, 404, 422, 503),
  },
});

const decideRoute = createRoute({
  method: "post",
  path: "/v1/review/campaigns/{id}/decision",
  operationId: "decideCampaign",
  tags: ["Review"],
  summary: "Decide a whole campaign",
  description:
    "All its comments that are undecided or held, with `includePublished` those on the page too; a hundred at once, the rest in the " +
    `background (\`act.finishedAt\`). Comments that join until \`until\` follow: ${CAMPAIGN_LIMITS.followDaysDefault} days unless given, ` +
    `${CAMPAIGN_LIMITS.followDaysMax} at most, null for none. With the \`version\` that was seen: if a moderator was faster, the answer ` +
    "is 409, and its `conflict` says who did what. Safe to repeat. Needs `comments:moderate`.",
  security: bearer,
  request: { params, body: { content: { "application/json": { schema: campaignDecisionSchema } } } },
  responses: { 200: done, ...problemResponses(401, 403, 404, 409, 422, 503) },
});

const undoRoute = createRoute({
  method: "post",
  path: "/v1/review/campaigns/{id}/undo",
  operationId: "undoCampaignDecision",
  tags: ["Review"],
  summary: "Take the decision about a campaign back",
  description:
    "Nothing follows it any more. Each comment that it, or a check in its name, decided has its status of before again, unless it was " +
    "decided otherwise since. Safe to repeat. Needs `comments:moderate`.",
  security: bearer,
  request: { params, body: { content: { "application/json": { schema: campaignActSchema } } } },
  responses: { 200: done, ...problemResponses(401, 403, 404, 409, 422, 503) },
});

const closeRoute = createRoute({
  method: "post",
  path: "/v1/review/campaigns/{id}/close",
  operationId: "closeCampaign",
  tags: ["Review"],
  summary: "Let nothing follow a campaign any more",
  description:
    "Comments that join from now on are decided by the policy alone; what was decided stays. A campaign that is none is closed too. " +
    "Safe to repeat. Needs `comments:moderate`.",
  security: bearer,
  request: { params, body: { content: { "application/json": { schema: campaignActSchema } } } },
  responses: { 200: done, ...problemResponses(401, 403, 404, 409, 422, 503) },
});

export function reviewCampaignRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerPath(listRoute);
  app.get("/v1/review/campaigns", validate("query", campaignsQuerySchema), async (c) => {
    const page = await listCampaigns(ctx, principalOf(c), c.req.valid("query"));
    linkNext(c, page.next);
    return c.json(page);
  });

  app.openAPIRegistry.registerPath(getRoute);
  app.get("/v1/review/campaigns/:id", validate("query", campaignQuerySchema), async (c) => {
    const query = { ...c.req.valid("query"), id: campaignId(c) };
    const campaign = await getCampaign(ctx, principalOf(c), query);
    linkNext(c, campaign.members.next);
    return c.json(campaign);
  });

  app.openAPIRegistry.registerPath(decideRoute);
  app.post("/v1/review/campaigns/:id/decision", validate("json", campaignDecisionSchema), async (c) => {
    const input = { ...c.req.valid("json"), id: campaignId(c), requestId: c.get("requestId") };
    return c.json(await decideCampaign(ctx, principalOf(c), input));
  });

  app.openAPIRegistry.registerPath(undoRoute);
  app.post("/v1/review/campaigns/:id/undo", validate("json", campaignActSchema), async (c) => {
    const input = { ...c.req.valid("json"), id: campaignId(c), requestId: c.get("requestId") };
    return c.json(await undoCampaignDecision(ctx, principalOf(c), input));
  });

  app.openAPIRegistry.registerPath(closeRoute);
  app.post("/v1/review/campaigns/:id/close", validate("json", campaignActSchema), async (c) => {
    const input = { ...c.req.valid("json"), id: campaignId(c), requestId: c.get("requestId") };
    return c.json(await closeCampaign(ctx, principalOf(c), input));
  });
}

function campaignId(c: Request): string {
  const id = (c.req.param("id") ?? "").toLowerCase();
  if (!isUuid(id)) throw campaignNotFound();
  return id;
}

function linkNext(c: Request, next: string | null): void {
  if (next === null) return;
  const url = new URL(c.req.url);
  url.searchParams.set("cursor", next);
  c.header("Link", `<${url.pathname}${url.search}>; rel="next"`);
}
