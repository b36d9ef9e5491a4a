import { type Html, html, pageOf } from "./html.ts";

/** Where the routes serve `pages.css`. */
export const PAGES_STYLESHEET_PATH = "/assets/pages.css";

/** What every page knows of where it stands. */
export type PageFrame = {
  /** The publication's name, above the heading. */
  siteName?: string | undefined;
  /** Of the page's own words (BCP 47); "en" when absent. */
  language?: string | undefined;
  /** For questions to the operator; in the footer. */
  requestId?: string | undefined;
};

/** A small page around its main part. Never indexed: it is about one person's request. */
export function renderPage(frame: PageFrame, title: string, main: Html): string {
  const fullTitle = frame.siteName === undefined ? title : `${title} | ${frame.siteName}`;
  return pageOf(
    html`<!doctype html>
      <html lang="${frame.language ?? "en"}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="robots" content="noindex" />
          <meta name="referrer" content="no-referrer" />
          <title>${fullTitle}</title>
          <link rel="stylesheet" href="${PAGES_STYLESHEET_PATH}" />
        </head>
        <body>
          <main>
            ${frame.siteName !== undefined && html`<p class="site-name">${frame.siteName}</p>`} ${main}
          </main>
          ${frame.requestId !== undefined && renderFooter(frame.requestId)}
        </body>
      </html>`,
  );
}

function renderFooter(requestId: string): Html {
  return html`
    <footer>
      <p>If you ask us about this page, please give the number of the request: <code>${requestId}</code></p>
    </footer>
  `;
}
