import { z } from "@hono/zod-openapi";
import { PRESET_NAMES } from "../../moderation/policy/presets.ts";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "../../sites/limits.ts";
import { languageSchema, siteKeySchema, siteSettingsSchema } from "../../sites/schema.ts";
import { storable } from "../../storable-text.ts";
import type { Site } from "../../sites/site.ts";
import type { SiteDetails } from "../../sites/site-details.ts";

const ORIGINS_MAX = 100;
const ORIGIN_CHARS_MAX = 300;
const SITE_NAME_CHARS_MAX = 200;

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT),
  cursor: z.string().max(4_096).optional(),
});

const name = z.string().overwrite(storable).trim().min(1).max(SITE_NAME_CHARS_MAX);
const origins = z
  .array(z.string().max(ORIGIN_CHARS_MAX))
  .max(ORIGINS_MAX)
  .openapi({
    description: "Whose articles may carry threads and whose pages may call the API.",
    example: ["https://example.org", "https://*.example.org"],
  });
const settings = z.record(z.string(), z.unknown()).openapi({
  description:
    "Groups are merged member by member; a list is replaced whole; null takes a setting back to its default.",
  example: { limits: { bodyCharsMax: 2_000 }, lists: { watchedWords: ["casino*"] }, closeAfterDays: 14 },
});

export const newSiteBody = z
  .strictObject({
    key: siteKeySchema,
    name,
    language: languageSchema.nullable().default(null),
    origins: origins.default([]),
    settings: settings.default({}),
    preset: z
      .enum(PRESET_NAMES)
      .optional()
      .openapi({ description: "The policy to start from; `balanced` unless given." }),
    policy: z.string().optional().openapi({ description: "A policy document (YAML) in place of a preset." }),
  })
  .refine((body) => body.preset === undefined || body.policy === undefined, {
    path: ["policy"],
    message: "not together with preset",
  })
  .openapi("NewSite");

export const siteChangeBody = z
  .strictObject({
    name: name.optional(),
    language: languageSchema.nullable().optional(),
    origins: origins.optional(),
    settings: settings.optional(),
  })
  .openapi("SiteChange");

const siteMembers = {
  key: z.string(),
  name: z.string(),
  language: z.string().nullable(),
  origins: z.array(z.string()),
  policyVersion: z.int(),
};

export const siteSchema = z
  .object({
    ...siteMembers,
    settings: siteSettingsSchema,
    overridden: z.array(z.string()).openapi({
      description: "The settings that are the site's own rather than defaults.",
      example: ["closeAfterDays", "limits.bodyCharsMax"],
    }),
  })
  .openapi("Site");

export const siteListSchema = z
  .object({ sites: z.array(z.object(siteMembers)), next: z.string().nullable() })
  .openapi("SiteList");

export function presentSite({ site, overridden }: SiteDetails) {
  return { ...presentSiteShort(site), settings: site.settings, overridden };
}

export function presentSiteShort({ key, name, language, origins, policyVersion }: Site) {
  return { key, name, language, origins, policyVersion };
}
