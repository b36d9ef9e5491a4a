import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../../errors.ts";
import { REQUEST_BYTES_MAX } from "../../sites/limits.ts";
import type { HttpEnv } from "../env.ts";
import { requestHeader } from "../request-header.ts";

/** Refuses bodies beyond {@link REQUEST_BYTES_MAX}, by their declared length or while they are read. */
export function refuseLargeBodies(): MiddlewareHandler<HttpEnv> {
  const countWhileReading = bodyLimit({ maxSize: REQUEST_BYTES_MAX, onError: () => tooLarge() });
  return (c, next) => {
    // A declared length holds: Node's parser ends the body there. Counting would make a web stream of every request first.
    const declared = requestHeader(c, "content-length");
    if (declared === undefined || requestHeader(c, "transfer-encoding") !== undefined) {
      return c.req.method === "GET" ? next() : countWhileReading(c, next);
    }
    return Number(declared) > REQUEST_BYTES_MAX ? tooLarge() : next();
  };
}

function tooLarge(): never {
  throw new AppError("too_large", `A request may have ${REQUEST_BYTES_MAX / 1024} kB at most.`, {
    details: { bytesMax: REQUEST_BYTES_MAX },
  });
}
