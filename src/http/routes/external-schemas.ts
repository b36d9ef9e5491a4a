import { z } from "@hono/zod-openapi";
import { CHECK_NAMES } from "../../moderation/external/external-check.ts";
import { EXTERNAL_FAILURES } from "../../moderation/external/failure.ts";
import { checkOptionsSchema } from "../../moderation/external/options.ts";
import { siteParam } from "./common.ts";

const time = z.iso.datetime();
const name = z.enum(CHECK_NAMES);

export const checkParams = z.object({
  site: siteParam,
  check: name.openapi({ param: { name: "check", in: "path" }, example: "akismet" }),
});

export const checkSchema = z
  .object({
    name,
    sends: z.string().openapi({ description: "What leaves the machine." }),
    options: checkOptionsSchema,
    hasSecret: z.boolean().openapi({ description: "The secret itself is never shown." }),
    state: z.object({
      usable: z.enum(["ready", "off", "broken"]).openapi({
        description: "`broken`: what is stored cannot be used any more, so its facts are unavailable.",
      }),
      breakerOpenUntil: time.nullable().openapi({ description: "It failed so often that nobody asks." }),
      callsThisMinute: z.int(),
      callsToday: z.int().openapi({ description: "Of the day in UTC." }),
      lastError: z.string().nullable(),
      lastErrorAt: time.nullable(),
    }),
    updatedAt: time,
  })
  .openapi("ExternalCheck");

export const checkListSchema = z
  .object({
    checks: z.array(checkSchema).openapi({ description: "Those that the site has set up." }),
    available: z.array(
      z.object({
        name,
        sends: z.string(),
        secret: z.enum(["required", "optional", "none"]),
        facts: z.array(z.string()),
      }),
    ),
  })
  .openapi("ExternalChecks");

export const triedSchema = z
  .object({
    ok: z.boolean(),
    facts: z.array(
      z.object({
        name: z.string(),
        state: z.enum(["ok", "unavailable"]),
        value: z.unknown().optional(),
        detail: z.record(z.string(), z.unknown()).optional(),
        error: z.string().optional(),
      }),
    ),
    failure: z.object({ reason: z.enum(EXTERNAL_FAILURES), detail: z.string().nullable() }).nullable(),
    milliseconds: z.int(),
  })
  .openapi("ExternalCheckTried");
