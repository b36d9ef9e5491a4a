import type { Keys } from "../accounts/keys.ts";
import type { Site } from "../sites/site.ts";

/**
 * The name of the field that no person sees: it sounds worth filling and differs from site to site, so that a script
 * written against one site's form does not know it on the next.
 */
export function honeypotName(keys: Keys, site: Pick<Site, "id">): string {
  return `phone_${keys.submissionHash(`honeypot\n${site.id}`).toString("hex").slice(0, 8)}`;
}
