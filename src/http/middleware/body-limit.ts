import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../../errors.ts";
import { REQUEST_BYTES_MAX } from "../../sites/limits.ts";

/** Refuses bodies beyond {@link REQUEST_BYTES_MAX}, by their declared length or while they are read. */
export function refuseLargeBodies(): MiddlewareHandler {
  const countWhileReading = bodyLimit({ maxSize: REQUEST_BYTES_MAX, onError: () => tooLarge() });
  return (c, next) => {
    // A declared length holds: Node's parser ends the body there. Counting would make a web stream of every request first.
    const declared = c.req.header("content-length");
    if (declared === undefined || c.req.header("transfer-encoding") !== undefined) {
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
