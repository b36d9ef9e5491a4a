import { safeHttpUrl } from "../text.ts";
import { html } from "./html.ts";
import { type PageFrame, renderPage } from "./layout.ts";

export type ErrorPageView = PageFrame & {
  /** A few words, without a full stop: "Page not found". */
  title: string;
  /** What happened and what to do, without internals. */
  sentence: string;
  /** Somewhere to go; anything but http(s) is left out. */
  returnUrl?: string | undefined;
};

/** Any problem, for someone who came with a browser. */
export function renderErrorPage(view: ErrorPageView): string {
  const back = view.returnUrl === undefined ? undefined : safeHttpUrl(view.returnUrl);
  const main = html`
    <h1>${view.title}</h1>
    <p class="lead">${view.sentence}</p>
    ${back !== undefined && html`<p class="links"><a href="${back}">Go back</a></p>`}
  `;
  return renderPage(view, view.title, main);
}
