import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { renderArticlePage } from "../../src/web/demo/article.ts";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { articleView, commentView, formView, ownView } from "../web/views.ts";
import { type Answer, ORIGIN, serveSite } from "./site.ts";

const comments = [commentView({ id: "a", name: "Hana" }), commentView({ id: "b", name: "Lev" })];
const mine = { id: "mine", name: "Jo", body: "My own words" };
const before = renderArticlePage(articleView({ comments, form: formView({ token: "first-token" }) }));
const pending = renderArticlePage(
  articleView({
    comments,
    own: [{ ...ownView(mine, "pending"), remove: { action: "/delete", hidden: [["editToken", "secret"]] } }],
    notice: { kind: "pending", commentId: "mine", statusUrl: "http://elsewhere.test/status/mine" },
    form: formView({ token: "second-token" }),
  }),
);
const published = renderArticlePage(
  articleView({
    comments: [...comments, commentView({ ...mine, body: "My own words, published" })],
    notice: { kind: "published", commentId: "mine" },
  }),
);

describe.skipIf(findChromium() === undefined)("the article page in a browser", () => {
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(() => context?.close());
  afterAll(() => browser?.close());

  test("the form goes below the comment that is answered, and back", async () => {
    const { page } = await open();
    await page.locator(".reply-link").first().click();
    expect(await page.locator("#comment-a + #respond").count()).toBe(1);
    expect(await page.locator("#reply-title").textContent()).toBe("Leave a Reply to Hana");
    expect(await page.locator("[name=parentId]").inputValue()).toBe("a");
    expect(await focused(page)).toBe("reply-body");
    await page.locator("#cancel-reply").press("Enter");
    expect(await page.locator("#comments > #respond").count()).toBe(1);
    expect(await page.locator("#reply-title").textContent()).toBe("Leave a Reply");
    expect(await page.locator("[name=parentId]").inputValue()).toBe("");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-reply-to"))).toBe("a");
  });

  test("what is missing is said at the field before anything is sent", async () => {
    const { page, posts } = await open();
    await page.locator("#reply-name").fill("Jo");
    await page.locator("#reply-email").fill("jo@");
    await page.getByRole("button", { name: "Post Comment" }).click();
    expect(await page.locator("#reply-body-error").textContent()).toBe("Please write your comment.");
    expect(await page.locator("#reply-email-error").textContent()).toBe("Email: not an email address.");
    expect(await page.locator("#reply-name").getAttribute("aria-invalid")).toBeNull();
    expect(await focused(page)).toBe("reply-body");
    await page.locator("#reply-body").fill("Something");
    expect(await page.locator("#reply-body").getAttribute("aria-invalid")).toBeNull();
    expect(posts).toEqual([]);
  });

  test("the server's problems come to their fields, or above the form", async () => {
    const { page } = await open(() =>
      problem({
        errors: [
          { path: "name", message: "at most 100 characters" },
          { path: "url", message: "not allowed" },
        ],
      }),
    );
    await fillAndSend(page);
    await page.locator("#reply-name-error").filter({ hasText: "Name: at most 100 characters." }).waitFor();
    expect(await page.locator(".form-problems").textContent()).toBe("not allowed");
    expect(await focused(page)).toBe("reply-name");
    expect(await page.locator("#reply-body").inputValue()).toBe("My own words");
    expect(await page.getByRole("button", { name: "Post Comment" }).isEnabled()).toBe(true);
  });

  test("a refusal of the whole is announced with what the server says", async () => {
    const { page } = await open(() => problem({ detail: "Please wait a minute." }));
    await fillAndSend(page);
    await page.getByRole("alert").filter({ hasText: "Please wait a minute." }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("form-problems");
  });

  test("a connection that fails loses nothing", async () => {
    const { page } = await open("fail");
    await fillAndSend(page);
    await page.getByRole("alert").filter({ hasText: "could not be sent" }).waitFor();
    expect(await page.locator("#reply-body").inputValue()).toBe("My own words");
  });

  test("an accepted comment appears with its notice, and changes when it is decided", async () => {
    const { page, posts, site, asked } = await open(() => accepted());
    await page.clock.install();
    await page.locator(".reply-link").last().click();
    await fillAndSend(page);
    await page.locator("#notice").filter({ hasText: "being checked" }).waitFor();
    expect(posts).toEqual([
      "token=first-token&parentId=b&url=https%3A%2F%2Fcourier.example%2Fdemo%2Fkyiv-seoul-prisoners" +
        "&title=Kyiv+and+Seoul+search+for+a+way+out+for+captured+North+Korean+soldiers" +
        "&body=My+own+words&name=Jo&email=jo%40example.org&website=&company=",
    ]);
    expect(await focused(page)).toBe("notice");
    expect(await page.locator("#comment-mine .own-note").count()).toBe(1);
    expect(await page.locator("#comments > #respond #reply-body").inputValue()).toBe("");
    expect(await page.locator("[name=token]").first().inputValue()).not.toBe("first-token");
    expect(new URL(page.url()).search).toBe("?unapproved=mine");

    // Meanwhile the reader answers somebody else: that must survive.
    await page.locator(".reply-link").first().click();
    await page.locator("#reply-body").fill("Half a thou");
    await page.clock.runFor(1_000);
    await expect.poll(() => asked).toEqual(["Bearer secret"]);
    site.pages.set("/article?unapproved=mine", published);
    site.status = "published";
    await page.clock.runFor(2_000);
    await page.locator("#notice").filter({ hasText: "Your comment is published." }).waitFor();
    expect(await page.locator("#comment-mine .comment-body").textContent()).toBe("My own words, published");
    expect(await page.locator("#comments-title").textContent()).toBe("3 Comments");
    expect(await page.locator("#comment-a + #respond #reply-body").inputValue()).toBe("Half a thou");
    expect(await focused(page)).toBe("reply-body");
  });

  test("name, email and website come back next time when the reader wishes, and not otherwise", async () => {
    const { page } = await open(() => accepted());
    await page.locator("#reply-remember").check();
    await fillAndSend(page);
    await page.locator("#notice").waitFor();
    await page.goto(`${ORIGIN}/article`);
    expect(await page.locator("#reply-email").inputValue()).toBe("jo@example.org");
    expect(await page.locator("#reply-remember").isChecked()).toBe(true);
    await page.locator("#reply-remember").uncheck();
    await fillAndSend(page);
    await page.locator("#notice").waitFor();
    await page.goto(`${ORIGIN}/article`);
    expect(await page.locator("#reply-email").inputValue()).toBe("");
  });

  test("too long a text is counted in characters as readers count them", async () => {
    const { page } = await open();
    await page.evaluate(() => document.getElementById("reply-body")?.setAttribute("data-chars-max", "3"));
    await page.locator("#reply-body").fill("👍👍👍");
    expect(await page.locator("#reply-body-error").isHidden()).toBe(true);
    await page.locator("#reply-body").fill("👍👍👍👍");
    expect(await page.locator("#reply-body-error").textContent()).toBe("Comment: 1 character too long.");
  });

  test("without the script the form posts itself", async () => {
    const { page, posts } = await open(() => ({ contentType: "text/html", body: "<p>Thank you" }), {
      javaScriptEnabled: false,
    });
    await fillAndSend(page);
    await page.getByText("Thank you").waitFor();
    expect(new URLSearchParams(posts[0]).get("body")).toBe("My own words");
    expect(new URLSearchParams(posts[0]).get("token")).toBe("first-token");
  });

  /** The article page, with what the server answers to a post. */
  async function open(
    onPost: "fail" | (() => Answer) = "fail",
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<{
    page: Page;
    posts: string[];
    asked: string[];
    site: { pages: Map<string, string>; status: string };
  }> {
    context = await browser.newContext(options);
    const page = await context.newPage();
    const posts: string[] = [];
    const asked: string[] = [];
    const site = {
      status: "pending",
      pages: new Map([
        ["/article", before],
        ["/article?unapproved=mine", pending],
      ]),
      answer(request: Request): Answer | undefined {
        const { pathname } = new URL(request.url());
        if (pathname === "/status/mine") {
          asked.push(request.headers()["authorization"] ?? "");
          return json(200, { status: site.status });
        }
        if (request.method() !== "POST") return undefined;
        posts.push(request.postData() ?? "");
        return onPost === "fail" ? undefined : onPost();
      },
    };
    await serveSite(page, site);
    await page.goto(`${ORIGIN}/article`);
    return { page, posts, asked, site };
  }
});

async function fillAndSend(page: Page): Promise<void> {
  await page.locator("#reply-body").fill("My own words");
  await page.locator("#reply-name").fill("Jo");
  await page.locator("#reply-email").fill("jo@example.org");
  await page.getByRole("button", { name: "Post Comment" }).click();
}

function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.id);
}

function accepted(): Answer {
  return json(202, { id: "mine", status: "pending", editToken: "secret" });
}

function problem(body: object): Answer {
  return { ...json(422, body), contentType: "application/problem+json" };
}

function json(status: number, body: object): Answer {
  return { status, contentType: "application/json", body: JSON.stringify(body) };
}
