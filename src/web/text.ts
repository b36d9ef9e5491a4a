import { LinkifyIt } from "linkify-it";

/** Longer links stay plain text: characters of the URL as written. */
export const LINK_CHARS_MAX = 2_048;

// Only addresses written with their scheme: guessing turns "the end.In fact" into a link to India.
// With `urlAuth` an address that carries a password is seen whole, so that it can be refused whole.
const linkify = new LinkifyIt({
  fuzzyLink: false,
  fuzzyEmail: false,
  urlAuth: true,
  maxLength: LINK_CHARS_MAX,
})
  .add("ftp:", null)
  .add("mailto:", null)
  .add("//", null);

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A comment's plain text as safe HTML: a `<p dir="auto">` per paragraph (blank line), `<br>` per newline, and
 * `<a>` around http(s) addresses. No other markup can come out, whatever goes in.
 */
export function renderBody(text: string): string {
  return paragraphsOf(readableText(text))
    .map((paragraph) => `<p dir="auto">${paragraph.split("\n").map(renderLine).join("<br>")}</p>`)
    .join("");
}

/**
 * One line of text for a name or a title: whitespace collapsed, the rest as in {@link readableText}.
 * Not escaped: the template does that.
 */
export function readableLine(text: string): string {
  return readableText(text).replaceAll(/\s+/gu, " ").trim();
}

/**
 * Makes what cannot be seen visible and harmless. C0 controls become their pictures (U+2400…); C1 controls,
 * noncharacters, lone surrogates and the two bidirectional overrides (which can disguise a link) become U+FFFD.
 * Every kind of line end becomes `\n`.
 */
export function readableText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\v\f\u{85}\u{2028}\u{2029}]/gu, "\n")
    .replaceAll(/\p{Cc}/gu, showControl)
    .replaceAll(/[\u{202d}\u{202e}\p{NChar}]/gu, "\u{fffd}");
}

/** The address, normalised, if it may stand in an `href`: http or https, no user name or password in it. */
export function safeHttpUrl(text: string): string | undefined {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  if (url.username !== "" || url.password !== "" || url.href.length > LINK_CHARS_MAX) return undefined;
  return url.href;
}

/** Escapes for element content and for quoted attribute values. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => ESCAPES[character] ?? "");
}

function showControl(character: string): string {
  if (character === "\n" || character === "\t") return character;
  if (character === "\u{7f}") return "\u{2421}";
  const code = character.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\u{fffd}";
}

function paragraphsOf(text: string): string[] {
  return text
    .split(/\n\s*\n/u)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");
}

function renderLine(line: string): string {
  let out = "";
  let end = 0;
  for (const match of linkify.match(line) ?? []) {
    out += escapeHtml(line.slice(end, match.index)) + renderLink(match.raw);
    end = match.lastIndex;
  }
  return out + escapeHtml(line.slice(end));
}

/** `dir="ltr"` isolates the address, so that right-to-left characters in it cannot reorder what surrounds it. */
function renderLink(written: string): string {
  const href = safeHttpUrl(written);
  if (href === undefined) return escapeHtml(written);
  return `<a href="${escapeHtml(href)}" rel="ugc nofollow noopener" dir="ltr">${escapeHtml(written)}</a>`;
}
