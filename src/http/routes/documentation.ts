import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { html } from "hono/html";
import type { Context } from "../../context.ts";
import { VERSION } from "../../version.ts";
import type { App } from "../app.ts";

const ASSETS = { "swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript" } as const;
/** Swagger UI sets style attributes; nothing else is loosened. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Swagger UI has a dark appearance, but does not look at what the reader prefers. */
const START = `const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference", deepLinking: true });
`;

const INFO = {
  title: "Parley",
  version: VERSION,
  license: { name: "MIT", identifier: "MIT" },
  description:
    "Comments of article pages: submitted by readers, checked, published or held with a reason, decided by moderators, told to " +
    "other systems by signed webhooks. Refusals are `application/problem+json` (RFC 9457).",
};

/** OpenAPI 3.1 at /openapi.json and a reference page at /docs, both served from here alone. */
export function documentationRoutes(app: App, ctx: Context): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearerAuth", {
    type: "http",
    scheme: "bearer",
    description:
      "An API token (`pa_…`, made with `npm run parley -- token create`), or a comment's edit token (`pe_…`) where that is said.",
  });
  let document: string | undefined;
  app.get("/openapi.json", (c) => {
    const servers = [{ url: ctx.config.http.publicUrl }];
    document ??= JSON.stringify(app.getOpenAPI31Document({ openapi: "3.1.0", info: INFO, servers }));
    return c.body(document, 200, {
      "Content-Type": "application/json",
      "Cache-Control": "public, max-age=300",
    });
  });

  app.get("/docs", (c) => {
    c.header("Content-Security-Policy", CSP);
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>Parley API reference</title>
            <link rel="stylesheet" href="/docs/swagger-ui.css" />
          </head>
          <body>
            <div id="reference"></div>
            <script src="/docs/swagger-ui-bundle.js"></script>
            <script src="/docs/start.js"></script>
          </body>
        </html>`,
    );
  });

  app.get("/docs/start.js", (c) => c.body(START, 200, { "Content-Type": "text/javascript" }));

  // The package's main file reports to nobody when it is only read.
  const directory = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  for (const [name, type] of Object.entries(ASSETS)) {
    app.get(`/docs/${name}`, async (c) =>
      c.body(await readFile(join(directory, name), "utf8"), 200, {
        "Content-Type": type,
        "Cache-Control": "public, max-age=86400",
      }),
    );
  }
}
