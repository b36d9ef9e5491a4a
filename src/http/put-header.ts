import type { Request } from "./env.ts";

/**
 * Puts a header on the answer to come; the handler's own of the same name replaces it. On our response where there is
 * one: through the Web's `Headers` each costs several times as much, and an answer without them need not be taken apart again.
 * @param name in lower case
 */
export function putHeader(c: Request, name: string, value: string): void {
  // Not under `app.request`, as tests call it.
  const outgoing = c.env?.outgoing;
  if (outgoing) outgoing.headersToCome[name] = value;
  else c.header(name, value);
}
