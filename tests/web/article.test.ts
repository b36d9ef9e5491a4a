import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderArticlePage } from "../../src/web/demo/article.ts";
import { ARTICLES } from "../../src/web/demo/articles.ts";
import { renderIndexPage } from "../../src/web/demo/index-page.ts";
import type { NoticeView } from "../../src/web/demo/view.ts";
import { articleView, chains, commentView, formView, mainArticle, ownView } from "./views.ts";

describe("the thread", () => {
  test.each([
    [0, "No comments yet"],
    [1, "1 Comment"],
    [1_204, "1,204 Comments"],
  ])("a count of %i reads %j", (published, words) => {
    const page = renderArticlePage(articleView({ counts: { published } }));
    expect(page).toContain(`<h2 id="comments-title">${words}</h2>`);
  });

  test("a reply stands in its parent's item, a sibling after it", () => {
    const comments = [
      commentView({ id: "first" }),
      commentView({ id: "reply", parentId: "first", depth: 1 }),
      commentView({ id: "second" }),
    ];
    expect(outline(renderArticlePage(articleView({ comments })))).toBe("(first (reply) second)");
  });

  test("replies below the fifth level stay on it and name whom they answer", () => {
    const page = renderArticlePage(articleView({ comments: chains([9]) }));
    expect(outline(page)).toBe("(c0-0 (c0-1 (c0-2 (c0-3 (c0-4 (c0-5 c0-6 c0-7 c0-8))))))");
    expect(articleOf(page, "c0-5")).not.toContain("In reply to");
    expect(articleOf(page, "c0-8")).toMatch(
      /In reply to\s+<a href="#comment-c0-7"><bdi>Reader 0-7<\/bdi><\/a>/u,
    );
  });

  test("every comment stands on the page once, whatever the shape of the threads", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }), (lengths) => {
        const comments = chains(lengths);
        const page = renderArticlePage(articleView({ comments }));
        const ids = Array.from(page.matchAll(/id="comment-(c\d+-\d+)"/gu), (match) => match[1]);
        expect(ids).toEqual(comments.map(({ id }) => id));
      }),
      { numRuns: 50 },
    );
  });

  test("says why a reply stands alone", () => {
    const comments = [
      commentView({ id: "gone", parentId: "x", depth: 1, parentMissing: true }),
      commentView({ id: "earlier", parentId: "y", depth: 1 }),
    ];
    const page = renderArticlePage(articleView({ comments }));
    expect(articleOf(page, "gone")).toContain("a comment that is no longer here");
    expect(articleOf(page, "earlier")).toContain("a comment on an earlier page");
  });

  test("links the name to an http(s) website only", () => {
    const comments = [
      commentView({ id: "web", website: "https://example.org/me" }),
      commentView({ id: "bad", website: "javascript:alert(1)" }),
    ];
    const page = renderArticlePage(articleView({ comments }));
    expect(articleOf(page, "web")).toContain('<a href="https://example.org/me" rel="ugc nofollow noopener"');
    expect(page).not.toContain("javascript:");
  });

  test("marks the article's author and an edit, and dates the comment", () => {
    const comment = commentView({ id: "c", byAuthor: true, editedAt: new Date() });
    const article = articleOf(renderArticlePage(articleView({ comments: [comment] })), "c");
    expect(article).toContain('<span class="badge">Author</span>');
    expect(article).toContain("<span>edited</span>");
    expect(article).toContain('<time datetime="2026-03-12T16:05:00.000Z">12 March 2026 at 16:05 UTC</time>');
  });

  test.each([
    ["oldest", "Newer comments", "Oldest comments"],
    ["newest", "Older comments", "Newest comments"],
  ] as const)("sorted by %s, the next page has %s", (sort, next, first) => {
    const page = renderArticlePage(
      articleView({ sort, nextUrl: "?after=a&b", firstUrl: "?", counts: { published: 2 } }),
    );
    expect(page).toContain(`<a href="?after=a&amp;b" rel="next">${next}</a>`);
    expect(page).toContain(`<a href="?">${first}</a>`);
    expect(page).toMatch(new RegExp(`sort=${sort}#comments" aria-current="true"`, "u"));
  });

  test("tells of replies that are on the next page", () => {
    const comments = [
      commentView({ id: "a", replyCount: 3 }),
      commentView({ id: "b", parentId: "a", depth: 1 }),
    ];
    expect(renderArticlePage(articleView({ comments, nextUrl: "?after=b" }))).toContain(
      '<a href="?after=b">2 more replies</a>',
    );
    expect(renderArticlePage(articleView({ comments }))).not.toContain("more replies");
  });
});

describe("the reader's own comments", () => {
  test("an unpublished one stands where it will be, with its note and forms and without a reply link", () => {
    const comments = [commentView({ id: "a" }), commentView({ id: "b" })];
    const page = renderArticlePage(
      articleView({ comments, own: [ownView({ id: "mine", parentId: "a" }, "held")] }),
    );
    expect(outline(page)).toBe("(a (mine) b)");
    const mine = articleOf(page, "mine");
    expect(mine).toContain("<strong>Your comment is awaiting moderation.</strong>");
    expect(mine).toContain('<form method="post" action="/edit"');
    expect(mine).toContain('<form method="post" action="/remove"');
    expect(mine).not.toContain("reply-link");
  });

  test("a new first comment goes to the top or the end, as the page is sorted", () => {
    const comments = [commentView({ id: "a" })];
    const own = [ownView({ id: "mine" }, "pending")];
    expect(outline(renderArticlePage(articleView({ comments, own, sort: "newest" })))).toBe("(mine a)");
    expect(outline(renderArticlePage(articleView({ comments, own, sort: "oldest" })))).toBe("(a mine)");
  });

  test("a published one is shown once, as the reader's", () => {
    const comments = [commentView({ id: "mine" })];
    const page = renderArticlePage(articleView({ comments, own: [ownView({ id: "mine" }, "published")] }));
    expect(outline(page)).toBe("(mine)");
    expect(articleOf(page, "mine")).toContain('<span class="badge">You</span>');
    expect(articleOf(page, "mine")).not.toContain("own-note");
  });

  test("a published one of another page and a removed one are not shown", () => {
    const own = [ownView({ id: "other" }, "published"), ownView({ id: "removed" }, "removed")];
    expect(outline(renderArticlePage(articleView({ own })))).toBe("");
  });

  test("offers only what is still allowed", () => {
    const { edit: _, ...closed } = ownView({ id: "mine" }, "held");
    const page = renderArticlePage(articleView({ own: [closed] }));
    expect(page).not.toContain('action="/edit"');
    expect(page).toContain('action="/remove"');
  });

  test("a refused edit comes back open, with the text and the problem", () => {
    const mine = ownView({ id: "mine" }, "held");
    const edit = {
      action: "/edit",
      hidden: [],
      until: new Date(),
      typed: "\n<b>",
      errors: [{ path: "body", message: "required" }],
    };
    const page = renderArticlePage(articleView({ own: [{ ...mine, edit }] }));
    expect(page).toMatch(/<details class="own-action" open/u);
    expect(page).toContain(">\n\n&lt;b&gt;</textarea>");
    expect(page).toMatch(/id="edit-mine-error"\s*>\s*Please write your comment\./u);
  });
});

describe("the form", () => {
  test("carries what the submission needs, and a honeypot nobody meets", () => {
    const page = renderArticlePage(articleView({ form: formView({ token: 'a"b' }) }));
    expect(page).toContain('<form id="comment-form" method="post" action="/submit"');
    expect(page).toContain('<input type="hidden" name="token" value="a&quot;b" />');
    expect(page).toContain('<input type="hidden" name="parentId" value="" />');
    expect(page).toContain(
      `<input type="hidden" name="url" value="https://courier.example/demo/kyiv-seoul-prisoners" />`,
    );
    expect(page).toContain(`<input type="hidden" name="title" value="${mainArticle().title}" />`);
    expect(page).toMatch(
      /aria-hidden="true">\s*<label[^<]*<\/label>\s*<input[^>]*name="company"[^>]*tabindex="-1"[^>]*autocomplete="off"/u,
    );
  });

  test("a reply link names the parent, and the page it leads to has the form turned to it", () => {
    const comments = [commentView({ id: "a", name: "<Hana>" })];
    expect(renderArticlePage(articleView({ comments }))).toContain('href="?replyto=a#respond"');
    const page = renderArticlePage(
      articleView({ comments, form: formView({ replyTo: { id: "a", name: "<Hana>" } }) }),
    );
    expect(page).toContain('<h2 id="reply-title">Leave a Reply to <bdi>&lt;Hana&gt;</bdi></h2>');
    expect(page).toContain('<input type="hidden" name="parentId" value="a" />');
    expect(page).toMatch(/id="cancel-reply"\s+href="\/demo\/kyiv-seoul-prisoners#comment-a"/u);
  });

  test("a comment at the site's greatest depth offers no reply", () => {
    const page = renderArticlePage(articleView({ comments: [commentView({ id: "a", mayReply: false })] }));
    expect(page).not.toContain("reply-link");
  });

  test("a closed thread has no form and no reply links", () => {
    const page = renderArticlePage(articleView({ comments: [commentView({ id: "a" })], form: null }));
    expect(page).toContain("Comments are closed.");
    expect(page).not.toContain("<form");
    expect(page).not.toContain("reply-link");
  });

  test("the saved author fills what was not typed", () => {
    const form = formView({
      values: { name: "Typed" },
      savedAuthor: { name: "Saved", email: "saved@example.org", website: "" },
    });
    const page = renderArticlePage(articleView({ form }));
    expect(page).toMatch(/name="name"\s+value="Typed"/u);
    expect(page).toMatch(/name="email"\s+value="saved@example.org"/u);
    expect(page).toMatch(/name="remember"\s+value="yes"\s+checked/u);
  });
});

test.each([
  ["published", "status", "Your comment is published."],
  ["held", "status", "Your comment is awaiting moderation."],
  ["pending", "status", "Your comment is being checked."],
  ["edited", "status", "Your change is saved."],
  ["removed", "status", "Your comment was removed."],
  ["rejected", "alert", "Your comment was not published."],
  ["problem", "alert", "That did not work."],
] satisfies [NoticeView["kind"], string, string][])("the notice %s is a %s", (kind, role, title) => {
  const page = renderArticlePage(articleView({ notice: { kind, refreshUrl: "?again", commentId: "c" } }));
  expect(page).toMatch(new RegExp(`id="notice"\\s+role="${role}"`, "u"));
  expect(page).toContain(`<strong>${title}</strong>`);
  expect(page).toContain('<a href="?again">Refresh this page</a>');
  expect(page).toContain('<a href="#comment-c">Go to your comment</a>');
});

test("the front page lists every article with its count", () => {
  const page = renderIndexPage({
    basePath: "/demo",
    entries: ARTICLES.map((article, index) => ({ article, commentCount: index })),
  });
  for (const { slug } of ARTICLES) expect(page).toContain(`href="/demo/${slug}"`);
  expect(page).toContain(`#comments">1 Comment</a>`);
});

test("nothing on the pages needs inline script or style", () => {
  const page = renderArticlePage(
    articleView({ comments: chains([3]), own: [ownView({ id: "mine" }, "held")] }),
  );
  expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=/u);
  expect(page.match(/<script[^>]*>/gu)).toEqual(['<script type="module" src="/demo/assets/demo.js">']);
});

/** The nesting of the comments' ids: "(first (reply) second)". */
function outline(page: string): string {
  const tokens = page.matchAll(
    /<ol class="comment-list">|<\/ol>|<article\s+class="comment"\s+id="comment-([^"]+)"/gu,
  );
  const words = Array.from(tokens, ([token, id]) => id ?? (token === "</ol>" ? ")" : "("));
  return words.join(" ").replaceAll("( ", "(").replaceAll(" )", ")");
}

function articleOf(page: string, id: string): string {
  const start = page.indexOf(`id="comment-${id}"`);
  expect(start).toBeGreaterThan(-1);
  return page.slice(start, page.indexOf("</article>", start));
}
