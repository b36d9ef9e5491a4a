import { readFileSync } from "node:fs";
import type { Page, Request, Route } from "playwright-core";

export const ORIGIN = "http://courier.test";

/** What the site answers; undefined leaves the request to the pages and assets. */
export type Answer = {
  status?: number;
  contentType?: string;
  headers?: Record<string, string>;
  body: string;
};
export type Site = {
  /** HTML by path with query. */
  pages: Map<string, string>;
  answer?: (request: Request) => Answer | undefined;
};

const ASSETS: ReadonlyMap<string, { contentType: string; url: URL }> = new Map([
  [
    "/demo/assets/demo.css",
    { contentType: "text/css", url: new URL("../../src/web/demo/demo.css", import.meta.url) },
  ],
  [
    "/demo/assets/demo.js",
    { contentType: "text/javascript", url: new URL("../../src/web/demo/demo.js", import.meta.url) },
  ],
  [
    "/assets/pages.css",
    { contentType: "text/css", url: new URL("../../src/web/pages/pages.css", import.meta.url) },
  ],
]);

/**
 * Stands between the browser and the network: the site's pages and our assets are served from memory under the
 * policy that the routes send, everything else is refused and recorded.
 */
export async function serveSite(page: Page, site: Site): Promise<{ refused: string[] }> {
  const refused: string[] = [];
  await page.route("**/*", async (route) => {
    const answer = answerTo(site, route);
    if (answer === undefined) {
      refused.push(route.request().url());
      return route.abort();
    }
    return route.fulfill(answer);
  });
  return { refused };
}

function answerTo(site: Site, route: Route): Answer | undefined {
  const request = route.request();
  const own = site.answer?.(request);
  if (own !== undefined) return own;
  const url = new URL(request.url());
  if (url.origin !== ORIGIN) return undefined;
  const asset = ASSETS.get(url.pathname);
  if (asset !== undefined) return { contentType: asset.contentType, body: readFileSync(asset.url, "utf8") };
  const body = site.pages.get(url.pathname + url.search);
  return body === undefined ? undefined : { contentType: "text/html; charset=utf-8", headers: CSP, body };
}

/** As strict as the templates allow: nothing inline, nothing from elsewhere. */
const CSP = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'",
};
