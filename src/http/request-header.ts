import type { Request } from "./env.ts";

/**
 * A header of the request, for those that are looked for in each. Of Node's request where there is one: through the Web's
 * `Headers`, which are made for the purpose, each costs several times as much.
 * @param name in lower case
 */
export function requestHeader(c: Request, name: string): string | undefined {
  // Not under `app.request`, as tests call it.
  const incoming = c.env?.incoming;
  if (!incoming) return c.req.header(name);
  const value = incoming.headers[name];
  return typeof value === "string" ? value : undefined;
}
