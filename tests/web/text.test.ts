import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LINK_CHARS_MAX, readableLine, readableText, renderBody, safeHttpUrl } from "../../src/web/text.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";

const LINK = 'rel="ugc nofollow noopener" dir="ltr"';

describe("renderBody", () => {
  test.each([
    ["one line", '<p dir="auto">one line</p>'],
    ["two\nlines", '<p dir="auto">two<br>lines</p>'],
    ["a\r\nb\rc", '<p dir="auto">a<br>b<br>c</p>'],
    ["one\n\n \n\ntwo", '<p dir="auto">one</p><p dir="auto">two</p>'],
    ["\n\n  indented \n\n", '<p dir="auto">indented</p>'],
    ["line\u2028separator", '<p dir="auto">line<br>separator</p>'],
    ["", ""],
    [" \n\t\n ", ""],
    ["a < b && c > \"d\" 'e'", '<p dir="auto">a &lt; b &amp;&amp; c &gt; &quot;d&quot; &#39;e&#39;</p>'],
    ["&lt;b&gt;", '<p dir="auto">&amp;lt;b&amp;gt;</p>'],
  ])("%j", (text, html) => {
    expect(renderBody(text)).toBe(html);
  });

  test.each([
    ["see https://example.org/a?b=1&c=2.", "https://example.org/a?b=1&amp;c=2"],
    ["(http://example.org/a_(b))", "http://example.org/a_(b)"],
    ["https://example.org", "https://example.org/"],
    ["HTTPS://EXAMPLE.org/Path", "https://example.org/Path"],
    ["https://例え.jp/", "https://xn--r8jz45g.jp/"],
  ])("links %j", (text, href) => {
    expect(renderBody(text)).toContain(`<a href="${href}" ${LINK}>`);
  });

  test.each([
    "example.org and www.example.org and the end.In fact",
    "javascript:alert(1)",
    "data:text/html,hello ftp://example.org mailto:a@b.org //example.org someone@example.org",
    "https://user:password@example.org/ https://bank.example@evil.example/",
    `https://example.org/${"a".repeat(LINK_CHARS_MAX)}`,
    "https://[not-an-address]/",
  ])("leaves %j unlinked", (text) => {
    expect(renderBody(text)).not.toContain("<a");
  });

  test("keeps a link's words as written, and its quotes from ending the attribute", () => {
    const html = renderBody('https://example.org/"onmouseover="alert(1)');
    expect(html).toBe(
      `<p dir="auto"><a href="https://example.org/%22onmouseover=%22alert(1)" ${LINK}>` +
        "https://example.org/&quot;onmouseover=&quot;alert(1)</a></p>",
    );
  });

  test.each(HOSTILE_TEXTS)("shows %j as text", (text) => {
    expectOnlyAllowedMarkup(renderBody(text));
  });

  test("lets no markup out and loses no character, whatever goes in", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const html = renderBody(text);
        expectOnlyAllowedMarkup(html);
        expect(visibleText(html)).toBe(readableText(text).replaceAll(/\s/gu, ""));
        expect(html.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["http://", "http://a.", "https://a.org/(", "\n ", "&<", "https://a.org/?!", "://", "@a"])(
    "stays quick on a long row of %j",
    (unit) => {
      const start = performance.now();
      renderBody(unit.repeat(20_000 / unit.length));
      expect(performance.now() - start).toBeLessThan(1_000);
    },
  );
});

describe("what cannot be seen", () => {
  test.each([
    ["\u0000", "\u2400"],
    ["a\u001bb", "a\u241bb"],
    ["\u007f", "\u2421"],
    ["\u009b", "\ufffd"],
    ["\u202etxt.exe", "\ufffdtxt.exe"],
    ["\ud800x", "\ufffdx"],
    ["\uffff", "\ufffd"],
    ["tab\tstays", "tab\tstays"],
    ["family 👨‍👩‍👧 and می‌خواهم", "family 👨‍👩‍👧 and می‌خواهم"],
  ])("%j is shown as %j", (text, shown) => {
    expect(readableText(text)).toBe(shown);
  });

  test("a name is one line", () => {
    expect(readableLine("  Hana\n\nPetrov\u0007 ")).toBe("Hana Petrov\u2407");
  });
});

describe("safeHttpUrl", () => {
  test.each([
    ["https://example.org", "https://example.org/"],
    [" http://example.org/a ", "http://example.org/a"],
    ["java\nscript:alert(1)", undefined],
    ["JavaScript:alert(1)", undefined],
    ["\u0001javascript:alert(1)", undefined],
    ["data:text/html,x", undefined],
    ["//example.org", undefined],
    ["/path", undefined],
    ["https://user@example.org", undefined],
    ["", undefined],
  ])("%j", (text, url) => {
    expect(safeHttpUrl(text)).toBe(url);
  });
});

// A folder of such texts, one a line, for those who have one.
const hostileDir = process.env["HOSTILE_DIR"];
test.skipIf(hostileDir === undefined)("every line of HOSTILE_DIR is shown as text", () => {
  for (const name of readdirSync(hostileDir ?? "")) {
    const content = readFileSync(join(hostileDir ?? "", name), "utf8");
    for (const line of content.split("\n")) expectOnlyAllowedMarkup(renderBody(line));
    expectOnlyAllowedMarkup(renderBody(content));
  }
});

/** Any UTF-16, lone surrogates included, among pieces that mean something to a browser or the linkifier. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
      fc.constantFrom(
        "https://",
        "http://a.org",
        "<",
        ">",
        '"',
        "'",
        "&",
        "&lt;",
        "<a href=",
        "\n\n",
        "\u202e",
        "/>",
      ),
      fc.constantFrom(...HOSTILE_TEXTS),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(""));

const ALLOWED_TAGS =
  /<p dir="auto">|<\/p>|<br>|<a href="https?:\/\/[^"<>'\s]+" rel="ugc nofollow noopener" dir="ltr">|<\/a>/gu;

function expectOnlyAllowedMarkup(html: string): void {
  const rest = html.replaceAll(ALLOWED_TAGS, "");
  expect(rest).not.toMatch(/[<>"']/u);
  expect(rest).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/u);
}

function visibleText(html: string): string {
  return html
    .replaceAll(ALLOWED_TAGS, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s/gu, "");
}
