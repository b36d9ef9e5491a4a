import { z } from "@hono/zod-openapi";

export const siteParam = z
  .string()
  .max(63)
  .openapi({ param: { name: "site", in: "path" }, description: "Key of the site", example: "demo" });

const problemSchema = z
  .object({
    type: z.string().openapi({ example: "urn:parley:problem:invalid_input" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    reason: z.string().optional(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retryAfterSeconds: z.int().optional(),
  })
  .openapi("Problem");

const DESCRIPTIONS: Record<number, string> = {
  401: "No valid token",
  403: "Not allowed",
  404: "No such site, thread or comment",
  409: "Not possible in the present state; `reason` says why",
  413: "Larger than the limit",
  415: "A media type that is not taken",
  422: "Some of the input is wrong; `errors` lists every field",
  429: "Too many requests; `Retry-After` says how long to wait",
  503: "The store cannot be reached; nothing was half-written",
};

/** The refusals of a route, for its description. */
export function problemResponses(...statuses: number[]) {
  const content = { "application/problem+json": { schema: problemSchema } };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: DESCRIPTIONS[status] ?? "Refused", content }]),
  );
}

export const bearer = [{ bearerAuth: [] }];
