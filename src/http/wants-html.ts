import type { Request } from "./env.ts";

/** Whether a person looks at the answer: a browser's navigation says `text/html` first, programs do not. */
export function wantsHtml(c: Request): boolean {
  const accept = c.req.header("accept") ?? "";
  const html = accept.indexOf("text/html");
  if (html === -1) return false;
  const json = accept.search(/application\/(problem\+)?json/);
  return json === -1 || html < json;
}
