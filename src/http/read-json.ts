import { AppError } from "../errors.ts";
import type { Request } from "./env.ts";

/** The body as JSON. @throws AppError `invalid_input`, reason `malformed` */
export async function readJson(c: Request): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    throw new AppError("invalid_input", "The body is not JSON.", { reason: "malformed" });
  }
}
