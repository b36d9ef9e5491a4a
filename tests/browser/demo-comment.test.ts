import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDemo } from "../../src/demo-site.ts";
import { startHttp } from "../../src/http/listen.ts";
import { getSite } from "../../src/sites/site.ts";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { submitTestComment } from "../support/fixtures.ts";
import { freePort } from "../support/free-port.ts";
import { HOSTILE_TEXTS } from "../web/hostile-texts.ts";

// The demo article takes a comment in a real browser, from the real service, with and without JavaScript.
describe.skipIf(!findChromium()).each([
  ["with JavaScript", true],
  ["without JavaScript", false],
])("a reader %s", (_, javaScriptEnabled) => {
  const stack = new AsyncDisposableStack();
  let ctx: TestContext;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let article: string;
  const alerts: string[] = [];

  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "parley-browser-"));
    stack.defer(() => rm(dataDir, { recursive: true, force: true }));
    const port = String(await freePort());
    const env = { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, DEMO: "true", DATA_DIR: dataDir };
    ctx = stack.use(await openTestContext({ env }));
    await ensureDemo(ctx);
    stack.use(await startHttp(ctx));
    await ctx.processAll();
    browser = await launchChromium();
    stack.defer(() => browser.close());
    context = await browser.newContext({ javaScriptEnabled });
    page = await context.newPage();
    page.on("dialog", (dialog) => {
      alerts.push(dialog.message());
      void dialog.dismiss();
    });
    article = `http://127.0.0.1:${port}/demo/kyiv-seoul-prisoners`;
  });
  afterAll(() => stack.disposeAsync());

  const form = () => page.locator("#comment-form");
  /** Fills the form as a person would: not faster than a person can, which the policy would notice. */
  const fill = async (body: string, name = "Olena", email = "olena@readers.example") => {
    await form().locator("[name=body]").fill(body);
    await form().locator("[name=name]").fill(name);
    await form().locator("[name=email]").fill(email);
    await page.waitForTimeout(1_200);
  };
  const post = () => form().getByRole("button", { name: "Post Comment" }).click();

  it("leaves a comment, is told what became of it, and finds it published", async () => {
    await page.goto(article);
    await expect.poll(() => page.getByText("No comments yet").count()).toBe(1);
    await fill("The paragraph on the interpreters was new to me, thank you.");
    await form().getByLabel("Save my name").check();
    await post();
    const notice = page.locator(".notice");
    await notice.waitFor();
    await expect
      .poll(
        async () => {
          if (!javaScriptEnabled) await page.reload();
          return page.locator(".notice").innerText();
        },
        { timeout: 15_000 },
      )
      .toContain("published");
    expect(await page.locator("h2", { hasText: "1 Comment" }).count()).toBe(1);
    expect(await page.content()).toContain("The paragraph on the interpreters");
  });

  it("is remembered by the browser, at their wish", async () => {
    await page.goto(article);
    expect(await form().locator("[name=name]").inputValue()).toBe("Olena");
    expect(await form().locator("[name=email]").inputValue()).toBe("olena@readers.example");
  });

  it("replies to it", async () => {
    await page.goto(article);
    await page
      .getByRole("link", { name: /^Reply/ })
      .first()
      .click();
    await fill("And the one on the letters, do not forget that one.", "Max", "max@readers.example");
    await post();
    // Whoever leaves before they are told is not remembered as its author.
    await page.locator(".notice").waitFor();
    await expect
      .poll(
        async () => {
          await page.goto(article);
          return page.locator("h2", { hasText: "2 Comments" }).count();
        },
        { timeout: 15_000 },
      )
      .toBe(1);
  });

  it("has a doubtful one held, visibly for them alone, and takes it back", async () => {
    await page.goto(article);
    const body = "See https://one.example/x and https://two.example/y and https://three.example/z";
    await fill(body, "Nina", "nina@readers.example");
    await post();
    await expect
      .poll(
        async () => {
          if (!javaScriptEnabled) await page.reload();
          return page.locator("#comments").innerText();
        },
        { timeout: 15_000 },
      )
      .toContain("awaiting moderation");
    const stranger = await browser.newContext({ javaScriptEnabled });
    const elsewhere = await stranger.newPage();
    await elsewhere.goto(article);
    expect(await elsewhere.content()).not.toContain("three.example");
    await stranger.close();
    const ownOnes = page.locator("details", { hasText: "Delete your comment for good" });
    // The browser remembers the two before as well.
    await expect.poll(() => ownOnes.count()).toBe(3);
    const own = ownOnes.last();
    await own.locator("summary").click();
    await own.getByRole("button", { name: "Delete comment" }).click();
    await expect.poll(() => page.locator("#comments").innerText()).toContain("removed");
  });

  it("gets a wrong form back with everything that was typed", async () => {
    await page.goto(article);
    await form().locator("[name=body]").fill("Words that must not be lost.");
    await form().locator("[name=name]").fill("Olena");
    await form().locator("[name=email]").fill("olena@nowhere,example");
    await form().evaluate((element) => element.setAttribute("novalidate", ""));
    await post();
    await expect.poll(() => page.locator("body").innerText()).toMatch(/email/i);
    expect(await page.locator("#reply-body").inputValue()).toContain("Words that must not be lost.");
  });

  it("sees hostile comments as text, which nothing runs", async () => {
    const site = await getSite(ctx, "demo");
    const limits = { ...site.settings.limits, perIpPerTenMinutes: 1_000_000, perSitePerMinute: 1_000_000 };
    const roomy = { ...site, settings: { ...site.settings, limits } };
    const texts = HOSTILE_TEXTS.filter((text) => text.trim().length >= 2 && text.length < 4_000);
    for (const text of texts) {
      await submitTestComment(ctx, roomy, {
        body: `${text} .`,
        name: text.slice(0, 60).trim() || "x",
        url: article,
      });
    }
    await ctx.processAll();
    // Shown whatever the policy thought of them.
    await ctx.db.kysely
      .updateTable("comments")
      .set({ status: "published" })
      .where("status", "!=", "removed")
      .execute();
    await ctx.db.kysely
      .updateTable("threads")
      .set(({ eb }) => ({ revision: eb("revision", "+", "1") }))
      .execute();
    await expect
      .poll(
        async () => {
          await page.goto(`${article}?sort=newest`);
          return page.locator("[id^=comment-0]").count();
        },
        { timeout: 15_000 },
      )
      .toBeGreaterThanOrEqual(Math.min(50, texts.length));
    expect(alerts).toEqual([]);
    expect(
      await page.locator("#comments script, #comments img, #comments iframe, #comments svg").count(),
    ).toBe(0);
    if (!javaScriptEnabled) return;
    await page.evaluate(axe.source);
    const result = await page.evaluate<AxeResults>("axe.run()");
    expect(result.violations.map((violation) => violation.id)).toEqual([]);
  });
});
