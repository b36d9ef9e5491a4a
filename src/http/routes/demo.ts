import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type OwnProof } from "../../comments/own-on-page.ts";
import { SORTS } from "../../comments/list.ts";
import type { Context } from "../../context.ts";
import { DEMO_SITE_KEY } from "../../demo-site.ts";
import { AppError } from "../../errors.ts";
import { getSite } from "../../sites/site.ts";
import { renderArticlePage } from "../../web/demo/article.ts";
import { findArticle } from "../../web/demo/articles.ts";
import { renderIndexPage } from "../../web/demo/index-page.ts";
import { PAGES_STYLESHEET_PATH } from "../../web/pages/layout.ts";
import type { App } from "../app.ts";
import { DEMO_PATH, loadDemoIndex, loadDemoPage } from "../demo-page.ts";
import type { Request } from "../env.ts";
import { readOwnComments, readSavedAuthor } from "../own-cookie.ts";
import { validate } from "../validate.ts";

const WEB = new URL("../../web/", import.meta.url);
const ASSETS = {
  [`${DEMO_PATH}/assets/demo.css`]: { file: "demo/demo.css", type: "text/css" },
  [`${DEMO_PATH}/assets/demo.js`]: { file: "demo/demo.js", type: "text/javascript" },
  [PAGES_STYLESHEET_PATH]: { file: "pages/pages.css", type: "text/css" },
};

const pageQuery = z.object({
  sort: z.enum(SORTS).default("oldest").catch("oldest"),
  cursor: z.string().max(4_096).optional(),
  replyto: z.string().max(64).optional(),
  unapproved: z.string().max(64).optional(),
  "moderation-hash": z.string().max(200).optional(),
  notice: z.enum(["edited", "removed"]).optional().catch(undefined),
});

/** The stylesheet of Parley's own pages, and, where it is wanted, a newspaper to try it in. */
export function demoRoutes(app: App, ctx: Context): void {
  for (const [path, { file, type }] of Object.entries(ASSETS)) {
    let text: string | undefined;
    app.get(path, async (c) => {
      text ??= await readFile(new URL(file, WEB), "utf8");
      return c.body(text, 200, {
        "Content-Type": `${type}; charset=utf-8`,
        "Cache-Control": "public, max-age=300",
      });
    });
  }
  // Browsers ask for one unbidden, and report what is not there.
  app.get("/favicon.ico", (c) => c.body(null, 204, { "Cache-Control": "public, max-age=604800" }));
  if (!ctx.config.demo) return;

  app.get("/", (c) => c.redirect(`${DEMO_PATH}/`));
  app.get(DEMO_PATH, (c) => c.redirect(`${DEMO_PATH}/`));
  app.get(`${DEMO_PATH}/`, async (c) => {
    const site = await getSite(ctx, DEMO_SITE_KEY);
    return c.html(renderIndexPage(await loadDemoIndex(ctx, site)));
  });

  app.get(`${DEMO_PATH}/:slug`, validate("query", pageQuery), async (c) => {
    const article = findArticle(c.req.param("slug"));
    if (!article) throw new AppError("not_found", "There is no such article.");
    const query = c.req.valid("query");
    const view = await loadDemoPage(ctx, {
      site: await getSite(ctx, DEMO_SITE_KEY),
      article,
      sort: query.sort,
      cursor: query.cursor ?? null,
      replyTo: query.replyto ?? null,
      proofs: proofsOf(c, query.unapproved, query["moderation-hash"]),
      savedAuthor: readSavedAuthor(c),
      current: query.unapproved === undefined ? null : { id: query.unapproved, notice: query.notice ?? null },
    });
    // It holds a form token and perhaps the reader's own comments.
    c.header("Cache-Control", "private, no-store");
    return c.html(renderArticlePage(view));
  });
}

function proofsOf(c: Request, id: string | undefined, viewToken: string | undefined): OwnProof[] {
  const proofs: OwnProof[] = readOwnComments(c).map((own) => ({ id: own.id, editToken: own.token }));
  if (id !== undefined && viewToken !== undefined) proofs.push({ id, viewToken });
  return proofs;
}
