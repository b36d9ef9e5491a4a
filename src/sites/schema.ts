import { z } from "zod";
import { isStorable, NOT_STORABLE } from "../storable-text.ts";
import { LIST_ENTRIES_MAX, LIST_ENTRY_CHARS_MAX, limitsSchema } from "./limits.ts";

const entries = z
  .array(z.string().trim().min(1).max(LIST_ENTRY_CHARS_MAX).refine(isStorable, NOT_STORABLE))
  .max(LIST_ENTRIES_MAX)
  .default([]);

/** A site's own lists; how each entry matches is told in docs/API.md. */
export const listsSchema = z.strictObject({
  blockedWords: entries,
  watchedWords: entries,
  blockedDomains: entries,
  allowedDomains: entries,
  blockedEmails: entries,
  blockedIps: entries,
});

/** What a site may set for itself; everything has a default, so `{}` is valid. */
export const siteSettingsSchema = z.strictObject({
  limits: limitsSchema.prefault({}),
  lists: listsSchema.prefault({}),
  /** Whether a reader's first comment may open the thread of an article nobody registered. */
  openThreadsOnFirstUse: z.boolean().default(true),
  /** Threads close this many days after they were opened; null: never. */
  closeAfterDays: z.int().min(1).max(36_500).nullable().default(null),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;

export const siteKeySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "1 to 63 lower-case letters, digits and hyphens");

export const languageSchema = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "a language tag such as en or uk (BCP 47)");
