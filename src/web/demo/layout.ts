import { type Html, html } from "../pages/html.ts";
import { ARTICLES } from "./articles.ts";

export const PAPER = "The Aldermere Courier";

type LayoutView = {
  basePath: string;
  title: string;
  description: string;
  canonicalUrl?: string | undefined;
  /** Printed under the masthead. */
  date: Date;
  main: Html;
};

/** The newspaper around a page: head, masthead, sections, footer. */
export function renderLayout(view: LayoutView): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${view.title}</title>
        <meta name="description" content="${view.description}" />
        <!-- An invented report must not turn up in a search for news; leave this line out of a real theme. -->
        <meta name="robots" content="noindex" />
        ${view.canonicalUrl !== undefined && html`<link rel="canonical" href="${view.canonicalUrl}" />`}
        <link rel="stylesheet" href="${view.basePath}/assets/demo.css" />
        <script type="module" src="${view.basePath}/assets/demo.js"></script>
      </head>
      <body>
        <a class="skip-link" href="#content">Skip to content</a>
        ${renderMasthead(view)}
        <main id="content" tabindex="-1">${view.main}</main>
        ${renderFooter(view.basePath)}
      </body>
    </html>`;
}

function renderMasthead({ basePath, date }: LayoutView): Html {
  return html`
    <header class="masthead">
      <p class="masthead-name"><a href="${basePath}/">${PAPER}</a></p>
      <p class="masthead-line">
        <span>${dayOf(date)}</span>
        <span>Demonstration edition</span>
      </p>
      <nav class="masthead-sections" aria-label="Sections">
        <ul>
          ${sections().map((section) => html`<li><a href="${basePath}/#${anchorOf(section)}">${section}</a></li>`)}
        </ul>
      </nav>
    </header>
  `;
}

function renderFooter(basePath: string): Html {
  return html`
    <footer class="colophon">
      <p class="colophon-name"><a href="${basePath}/">${PAPER}</a></p>
      <p>
        A demonstration of Parley, which receives and moderates the comments on this page. The newspaper, its
        writers and its reports are invented, and so is everyone quoted in them.
      </p>
    </footer>
  `;
}

/** "Thursday, 12 March 2026" */
function dayOf(date: Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" }).format(date);
}

/** The sections in the order of their first article. */
export function sections(): string[] {
  return [...new Set(ARTICLES.map((article) => article.section))];
}

export function anchorOf(section: string): string {
  return section.toLowerCase();
}
