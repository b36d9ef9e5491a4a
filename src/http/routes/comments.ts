import type { Context } from "../../context.ts";
import type { App } from "../app.ts";
import { ownCommentRoutes } from "./own-comments.ts";
import { readCommentRoutes } from "./read-comments.ts";
import { submitRoutes } from "./submit.ts";

export function commentRoutes(app: App, ctx: Context): void {
  submitRoutes(app, ctx);
  readCommentRoutes(app, ctx);
  ownCommentRoutes(app, ctx);
}
