import { z } from "@hono/zod-openapi";
import { CHECK_FAILURES } from "../../moderation/external/failure.ts";
import { secretSchema } from "../../moderation/external/configure.ts";
import { ADAPTER_NAMES } from "../../moderation/external/names.ts";
import type { ExternalStatus } from "../../moderation/external/status.ts";
import { siteParam } from "./common.ts";

export const siteOnly = z.object({ site: siteParam });

export const oneAdapter = z.object({
  site: siteParam,
  adapter: z
    .enum(ADAPTER_NAMES)
    .openapi({ param: { name: "adapter", in: "path" }, description: "Whom to ask" }),
});

export const externalBody = z
  .strictObject({
    enabled: z.boolean().default(true),
    settings: z
      .record(z.string(), z.unknown())
      .default({})
      .openapi({
        description:
          "In place of the settings there are; what is left out has its default. docs/MODERATION.md lists them.",
        example: { blog: "https://paper.example", when: "uncertain", sendIp: true },
      }),
    secret: secretSchema
      .nullable()
      .optional()
      .openapi({
        description:
          "The key that the service gave. Sealed, and never shown again. Left out, the present one stays; null takes it away. " +
          "To be given again whenever the service's address changes.",
      }),
  })
  .openapi("ExternalCheckChange");

export const externalSchema = z
  .object({
    adapter: z.enum(ADAPTER_NAMES),
    sends: z.string().openapi({ description: "What leaves the machine when it is on." }),
    enabled: z.boolean(),
    configured: z.boolean(),
    settings: z.record(z.string(), z.unknown()).nullable(),
    hasSecret: z.boolean(),
    usage: z.object({ minute: z.int(), day: z.int() }).openapi({
      description: "Calls of the present minute and day (UTC), over all processes.",
    }),
    breaker: z.enum(["closed", "open", "half_open"]),
    lastError: z.object({ error: z.string(), at: z.iso.datetime() }).nullable(),
  })
  .openapi("ExternalCheck");

export const externalListSchema = z.object({ checks: z.array(externalSchema) }).openapi("ExternalCheckList");

export const trialSchema = z
  .object({
    ok: z.boolean(),
    reason: z.enum(CHECK_FAILURES).nullable(),
    detail: z.string().nullable(),
    durationMs: z.int(),
    facts: z.record(z.string(), z.unknown()),
  })
  .openapi("ExternalCheckTest");

export function presentExternal({ lastError, ...status }: ExternalStatus) {
  return { ...status, lastError: lastError && { error: lastError.error, at: lastError.at.toISOString() } };
}
