import axe, { type AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderArticlePage } from "../../src/web/demo/article.ts";
import { ARTICLES } from "../../src/web/demo/articles.ts";
import { renderIndexPage } from "../../src/web/demo/index-page.ts";
import { renderErrorPage } from "../../src/web/pages/error-page.ts";
import { renderFormErrorPage } from "../../src/web/pages/form-error-page.ts";
import { WORDPRESS_FIELD_NAMES } from "../../src/web/pages/form-view.ts";
import { renderReceiptPage } from "../../src/web/pages/receipt-page.ts";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { HOSTILE_TEXTS } from "../web/hostile-texts.ts";
import { articleView, chains, commentView, formView, ownView } from "../web/views.ts";
import { ORIGIN, serveSite } from "./site.ts";

const LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis".repeat(5);
const PROBLEMS = ["body", "name", "email", "website", "other"].map((path) => ({ path, message: "required" }));

const texts = [
  commentView({
    id: "long",
    name: LONG,
    body: `${LONG}\n\nhttps://example.org/${LONG}`,
    website: "https://example.org/",
  }),
  commentView({
    id: "ar",
    name: "محمد عبد الله",
    body: "هذا تعليق، وفيه رابط https://example.org في الوسط.",
    replyCount: 1,
  }),
  commentView({ id: "he", parentId: "ar", depth: 1, name: "דוד לוי", body: "תגובה (עם סוגריים) ומספר 42." }),
  commentView({
    id: "gone",
    parentId: "x",
    depth: 1,
    parentMissing: true,
    byAuthor: true,
    editedAt: new Date(),
  }),
];
const own = [
  ownView({ id: "own-held", parentId: "long" }, "held"),
  ownView({ id: "own-rejected" }, "rejected"),
  ownView({ id: "own-pending" }, "pending"),
];

const pages: Record<string, string> = {
  "an article without comments": renderArticlePage(articleView()),
  "an article with all kinds of comments": renderArticlePage(
    articleView({
      comments: texts,
      own,
      counts: { published: 4 },
      notice: { kind: "held", commentId: "own-held" },
    }),
  ),
  "sixty nested comments": renderArticlePage(
    articleView({ comments: chains([10, 10, 10, 10, 10, 10]), nextUrl: "?after=x", firstUrl: "?" }),
  ),
  "a refused form": renderArticlePage(
    articleView({
      comments: texts,
      form: formView({
        errors: PROBLEMS,
        replyTo: { id: "ar", name: "محمد عبد الله" },
        values: { name: LONG },
      }),
      notice: { kind: "problem", refreshUrl: "?" },
    }),
  ),
  "a closed thread": renderArticlePage(
    articleView({ comments: texts, form: null, notice: { kind: "published" } }),
  ),
  "the front page": renderIndexPage({
    basePath: "/demo",
    entries: ARTICLES.map((article, index) => ({ article, commentCount: index })),
  }),
  "a receipt": renderReceiptPage({
    siteName: "The Aldermere Courier",
    commentId: "c1",
    status: "pending",
    body: LONG,
    receivedAt: new Date(0),
    returnUrl: "https://courier.example/",
    refreshUrl: "?",
    requestId: LONG,
  }),
  "a form to correct": renderFormErrorPage({
    siteName: "The Aldermere Courier",
    action: "/wp-comments-post.php",
    fieldNames: WORDPRESS_FIELD_NAMES,
    hidden: [],
    honeypotName: "company",
    values: { body: LONG },
    errors: PROBLEMS,
    returnUrl: "https://courier.example/",
  }),
  "an error": renderErrorPage({
    title: "Page not found",
    sentence: LONG,
    requestId: "r1",
    returnUrl: "https://x.example",
  }),
};

describe.skipIf(findChromium() === undefined)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  describe.each([
    { colorScheme: "light", width: 1_200 },
    { colorScheme: "dark", width: 360 },
  ] as const)("$colorScheme, $width px wide", ({ colorScheme, width }) => {
    let page: Page;
    const site = new Map<string, string>();
    beforeAll(async () => {
      page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      await serveSite(page, { pages: site });
    });
    afterAll(() => page?.close());

    test.each(Object.entries(pages))("%s passes axe and fits the window", async (_, markup) => {
      site.set("/", markup);
      await page.goto(`${ORIGIN}/`);
      // What is folded up is read too.
      await page.evaluate(() =>
        document.querySelectorAll("details").forEach((details) => (details.open = true)),
      );
      const { violations } = await runAxe(page);
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
    });
  });

  test("none of the hostile texts runs or loads anything", async () => {
    const comments = HOSTILE_TEXTS.map((text, index) =>
      commentView({ id: `h${index}`, name: text, body: text, website: text }),
    );
    await using page = await browser.newPage();
    const { refused } = await serveSite(page, {
      pages: new Map([["/", renderArticlePage(articleView({ comments }))]]),
    });
    const trouble: string[] = [];
    page.on("dialog", (dialog) => {
      trouble.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => trouble.push(message.text()));
    await page.goto(`${ORIGIN}/`, { waitUntil: "load" });
    const shown = await page.locator(".comment-author bdi").allTextContents();
    expect(shown).toHaveLength(HOSTILE_TEXTS.length);
    expect(shown[0]).toBe(HOSTILE_TEXTS[0]);
    expect({ refused, trouble }).toEqual({ refused: [], trouble: [] });
  });
});

/** Through the debugger, which a content security policy does not bind. */
async function runAxe(page: Page): Promise<AxeResults> {
  await page.evaluate(axe.source);
  return page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
}
