import type { Context } from "../../context.ts";
import type { App } from "../app.ts";
import { authenticated } from "../authenticated.ts";
import { reviewAuditRoutes } from "./review-audit.ts";
import { reviewAuthorRoutes } from "./review-authors.ts";
import { reviewCampaignRoutes } from "./review-campaigns.ts";
import { reviewDecisionRoutes } from "./review-decisions.ts";
import { reviewQueueRoutes } from "./review-queue.ts";

/** For moderators and their tools: what waits, everything about it, and decisions. */
export function reviewRoutes(app: App, ctx: Context): void {
  app.use("/v1/review/*", authenticated(ctx));
  reviewQueueRoutes(app, ctx);
  reviewDecisionRoutes(app, ctx);
  reviewAuthorRoutes(app, ctx);
  reviewAuditRoutes(app, ctx);
  reviewCampaignRoutes(app, ctx);
}
