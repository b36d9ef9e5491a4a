import { describe, expect, test } from "vitest";
import { COMMENT_STATUSES } from "../../src/comments/status.ts";
import { renderErrorPage } from "../../src/web/pages/error-page.ts";
import { type FormErrorPageView, renderFormErrorPage } from "../../src/web/pages/form-error-page.ts";
import { PARLEY_FIELD_NAMES, WORDPRESS_FIELD_NAMES } from "../../src/web/pages/form-view.ts";
import { html } from "../../src/web/pages/html.ts";
import { OUTCOMES } from "../../src/web/pages/outcome.ts";
import { renderReceiptPage } from "../../src/web/pages/receipt-page.ts";

describe("the receipt", () => {
  test.each(COMMENT_STATUSES)("of a %s comment says so in its heading and its title", (status) => {
    const page = renderReceiptPage({ commentId: "c1", status });
    const words = OUTCOMES[status].title.replace(/\.$/u, "");
    expect(page).toContain(`<h1>${words}</h1>`);
    expect(page).toContain(`<title>${words}</title>`);
    expect(page).toContain("<code>c1</code>");
  });

  test("shows the author's words, and the way back when it is a web address", () => {
    const page = renderReceiptPage({
      commentId: "c1",
      status: "held",
      body: "one\n<b>two",
      returnUrl: "https://courier.example/a?b=1&c=2",
      articleTitle: "<Night> ferry",
    });
    expect(page).toContain('<p dir="auto">one<br>&lt;b&gt;two</p>');
    expect(page).toContain('<a href="https://courier.example/a?b=1&amp;c=2">Back to &lt;Night&gt; ferry</a>');
  });

  test.each(["javascript:alert(1)", "//evil.example", "data:text/html,x", "https://user:word@evil.example/"])(
    "leaves out a way back to %s",
    (returnUrl) => {
      expect(renderReceiptPage({ commentId: "c1", status: "held", returnUrl })).not.toContain("<a ");
    },
  );

  test("offers to look again only while the comment is being checked", () => {
    const view = { commentId: "c1", refreshUrl: "/r?x=1&y=2" };
    expect(renderReceiptPage({ ...view, status: "pending" })).toContain('href="/r?x=1&amp;y=2"');
    expect(renderReceiptPage({ ...view, status: "held" })).not.toContain("/r?x");
  });
});

describe("the page for a form that cannot be taken", () => {
  test("lists every problem in the order of the fields and leads to each", () => {
    const page = formErrorPage({
      errors: [
        { path: "website", message: "not a web address (http or https)" },
        { path: "body", message: "required" },
        { path: "parentId", message: "not a comment id" },
      ],
    });
    const items = Array.from(page.matchAll(/<li>\s*(.*?)\s*<\/li>/gsu), (match) => match[1]);
    expect(items).toEqual([
      "Not a comment id.",
      '<a href="#reply-body">Please write your comment.</a>',
      '<a href="#reply-website">Website: not a web address (http or https).</a>',
    ]);
  });

  test("ties each message to its field, and the focus to the first", () => {
    const page = formErrorPage({
      errors: [
        { path: "email", message: "required" },
        { path: "name", message: "required" },
      ],
    });
    expect(fieldTag(page, "reply-name")).toMatch(
      /aria-describedby="reply-name-error"\s+aria-invalid="true"\s+autofocus/u,
    );
    expect(fieldTag(page, "reply-email")).toMatch(
      /aria-describedby="reply-email-error reply-email-note"\s+aria-invalid="true"/u,
    );
    expect(fieldTag(page, "reply-email")).not.toContain("autofocus");
    expect(fieldTag(page, "reply-body")).not.toContain("aria-invalid");
    expect(page).toMatch(/id="reply-name-error"[^>]*>\s*Please enter your name\.\s*<\/p>/u);
    expect(page).toMatch(/id="reply-body-error"[^>]*hidden[^>]*>/u);
  });

  test("keeps what was typed, to the letter", () => {
    const page = formErrorPage({
      values: {
        body: "\n\n  </textarea><b>",
        name: '"Jo" & co',
        email: "jo@",
        website: "exa mple",
        remember: true,
      },
    });
    expect(page).toContain(">\n\n\n  &lt;/textarea&gt;&lt;b&gt;</textarea>");
    expect(fieldTag(page, "reply-name")).toContain('value="&quot;Jo&quot; &amp; co"');
    expect(fieldTag(page, "reply-email")).toContain('value="jo@"');
    expect(fieldTag(page, "reply-website")).toContain('value="exa mple"');
    expect(fieldTag(page, "reply-remember")).toContain("checked");
  });

  test("posts to the same place under the names the form had, with the hidden fields", () => {
    const page = formErrorPage({
      action: "/wp-comments-post.php?a&b",
      fieldNames: WORDPRESS_FIELD_NAMES,
      hidden: [["comment_post_ID", "12"]],
      honeypotName: "trap",
    });
    expect(page).toContain('<form method="post" action="/wp-comments-post.php?a&amp;b"');
    const names = Array.from(
      page.matchAll(/<(?:input|textarea)\b[^>]*?\sname="([^"]*)"/gu),
      (match) => match[1],
    );
    expect(names).toEqual([
      "comment_post_ID",
      "comment",
      "author",
      "email",
      "url",
      "trap",
      "wp-comment-cookies-consent",
    ]);
    expect(page).toContain('<input type="hidden" name="comment_post_ID" value="12" />');
  });

  test("has no honeypot where the form had none", () => {
    expect(formErrorPage({})).not.toContain("field-offscreen");
  });
});

test("an error page escapes its words and gives the request's number", () => {
  const page = renderErrorPage({ title: "<Gone>", sentence: "a & b", requestId: '"7"', siteName: "<Site>" });
  expect(page).toContain("<h1>&lt;Gone&gt;</h1>");
  expect(page).toContain("a &amp; b");
  expect(page).toContain("<code>&quot;7&quot;</code>");
  expect(page).toContain("<title>&lt;Gone&gt; | &lt;Site&gt;</title>");
});

test("every page names its language, is not indexed and has one stylesheet", () => {
  const frame = { language: "uk" };
  const pages = [
    renderReceiptPage({ ...frame, commentId: "c", status: "held" }),
    renderErrorPage({ ...frame, title: "t", sentence: "s" }),
    formErrorPage(frame),
  ];
  for (const page of pages) {
    expect(page).toContain('<html lang="uk">');
    expect(page).toContain('<meta name="robots" content="noindex" />');
    expect(page.match(/<link rel="stylesheet"[^>]*>/gu)).toEqual([
      '<link rel="stylesheet" href="/assets/pages.css" />',
    ]);
    expect(page).not.toMatch(/<style|<script|\sstyle=|\son[a-z]+=/u);
  }
});

test("a template that is given a promise fails at once", () => {
  expect(() => html`<p>${Promise.resolve("late")}</p>`).toThrow(TypeError);
});

function formErrorPage(over: Partial<FormErrorPageView>): string {
  return renderFormErrorPage({
    action: "/submit",
    fieldNames: PARLEY_FIELD_NAMES,
    hidden: [],
    values: {},
    errors: [{ path: "body", message: "required" }],
    ...over,
  });
}

/** The start tag of the field with this id. */
function fieldTag(page: string, id: string): string {
  const tag = (page.match(/<(?:input|textarea)\b[^>]*>/gu) ?? []).find((tag) => tag.includes(`id="${id}"`));
  expect(tag, id).toBeDefined();
  return tag ?? "";
}
