import { describe, expect, test } from "vitest";
import { renderArticlePage } from "../../src/web/demo/article.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { articleView, chains, commentView, formView, ownView } from "./views.ts";

describe("texts of readers", () => {
  const harmless = shapeOf(pageOfTexts("https://example.org/")).add("<br");

  test.each(HOSTILE_TEXTS)("%j adds no tag, attribute or scheme to the page", (text) => {
    const page = pageOfTexts(text);
    expect([...shapeOf(page)].filter((part) => !harmless.has(part))).toEqual([]);
    expect(hrefsOf(page).filter((href) => !/^(?:https?:\/\/|\/|#|\?)/u.test(href))).toEqual([]);
    expect(page.isWellFormed()).toBe(true);
  });
});

/** A page with the text in every place that a reader can write to. */
function pageOfTexts(text: string): string {
  const hostile = { name: text, body: text, website: text };
  return renderArticlePage(
    articleView({
      comments: [
        commentView({ id: "a", ...hostile }),
        ...chains([8]).map((comment) => Object.assign(comment, { name: text })),
      ],
      own: [{ ...ownView({ id: "mine", ...hostile }, "rejected"), reason: text }],
      notice: { kind: "problem", sentence: text },
      form: formView({
        values: { ...hostile, email: text },
        errors: [
          { path: "body", message: text },
          { path: "other", message: text },
        ],
        replyTo: { id: "a", name: text },
      }),
    }),
  );
}

/** Every "tag" and "tag attribute" of the page. Values are always quoted, with `<` and `>` escaped in them. */
function shapeOf(page: string): Set<string> {
  const tags = page.match(/<[a-z/!?][^>]*>/giu) ?? [];
  const parts = new Set<string>();
  for (const tag of tags) {
    const name = /^<[^\s>]*/u.exec(tag)?.[0] ?? "";
    const attributes = tag.slice(name.length).replaceAll(/"[^"]*"/gu, "");
    parts.add(name);
    for (const attribute of attributes.match(/[^\s=/>]+/gu) ?? []) parts.add(`${name} ${attribute}`);
  }
  return parts;
}

function hrefsOf(page: string): string[] {
  return Array.from(page.matchAll(/\s(?:href|src|action)="([^"]*)"/gu), (match) => match[1] ?? "");
}
