import { AppError } from "../errors.ts";
import type { Request } from "./env.ts";

/** The fields of a form, in either of its encodings. @throws AppError `invalid_input`, reason `malformed` */
export async function readForm(c: Request): Promise<Record<string, unknown>> {
  try {
    return await c.req.parseBody();
  } catch {
    throw new AppError("invalid_input", "The body is not a form.", { reason: "malformed" });
  }
}
