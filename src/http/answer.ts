import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";

/**
 * Node's response, which takes headers before the answer is made and hands them over with its status: set on Node's own one by one,
 * and gathered again from there, they would take a tenth of the time of a cached page.
 */
export class Answer<Asked extends IncomingMessage = IncomingMessage> extends ServerResponse<Asked> {
  /** By name in lower case. */
  readonly headersToCome: OutgoingHttpHeaders = {};

  /** @param given as Hono gives them; they replace those put before. */
  override writeHead(status: number, given?: string | object): this {
    const headers = this.headersToCome;
    if (typeof given === "object") {
      for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] = value;
    }
    return super.writeHead(status, headers);
  }
}
