import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "../../errors.ts";
import { REQUEST_BYTES_MAX } from "../../sites/limits.ts";

/** Refuses bodies beyond {@link REQUEST_BYTES_MAX}, by their declared length or while they are read. */
export function refuseLargeBodies(): MiddlewareHandler {
  return bodyLimit({
    maxSize: REQUEST_BYTES_MAX,
    onError: () => {
      throw new AppError("too_large", `A request may have ${REQUEST_BYTES_MAX / 1024} kB at most.`, {
        details: { bytesMax: REQUEST_BYTES_MAX },
      });
    },
  });
}
