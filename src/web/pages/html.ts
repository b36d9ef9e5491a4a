import { html as template, raw } from "hono/html";

import { readableLine } from "../text.ts";

/** Markup that is already escaped; interpolated into {@link html} it stays as it is. */
export type Html = ReturnType<typeof raw>;

export { raw };

/** Hono's `html` tag (every interpolated string is escaped), narrowed: our templates never wait for anything. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
  const result = template(strings, ...values);
  if (result instanceof Promise) throw new TypeError("A template was given a promise.");
  return result;
}

/** The whole page as a string, ready to be sent as UTF-8: lone surrogates, which UTF-8 cannot hold, replaced. */
export function pageOf(markup: Html): string {
  return markup.toString().toWellFormed();
}

/** A person's name: isolated, in its own direction, never empty. */
export function nameOf(name: string): Html {
  return html`<bdi>${readableLine(name) || "Anonymous"}</bdi>`;
}

/** The date and time in words, with its zone: "12 March 2026 at 16:05 UTC". */
export function timeOf(at: Date, timeZone = "UTC"): Html {
  const words = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone,
  }).format(at);
  const zone = timeZone === "UTC" ? " UTC" : "";
  return html`<time datetime="${at.toISOString()}">${words}${zone}</time>`;
}
