import type { Context } from "../context.ts";
import type { AppError } from "../errors.ts";
import { isOfOrigins } from "../sites/canonical-url.ts";
import type { Site } from "../sites/site.ts";
import type { FormErrorPageView } from "../web/pages/form-error-page.ts";
import { type HiddenField, PARLEY_FIELD_NAMES, WORDPRESS_FIELD_NAMES } from "../web/pages/form-view.ts";
import type { Request } from "./env.ts";
import { honeypotName } from "./honeypot.ts";
import { isWordPress, type RawFields } from "./submission-body.ts";

const HIDDEN_FIELDS_MAX = 20;

/** The page that shows a refused form again, with everything that was typed, under the names it came with. */
export function formErrorView(
  ctx: Context,
  c: Request,
  site: Site,
  raw: RawFields,
  problem: AppError,
): FormErrorPageView {
  const fieldNames = isWordPress(raw) ? WORDPRESS_FIELD_NAMES : PARLEY_FIELD_NAMES;
  const typed = (name: string) => (typeof raw[name] === "string" ? raw[name] : undefined);
  const visible = new Set<string>(Object.values(fieldNames));
  const honeypot = honeypotName(ctx.keys, site);
  const hidden = Object.entries(raw)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .filter(([name]) => !visible.has(name) && name !== honeypot)
    .slice(0, HIDDEN_FIELDS_MAX)
    .map(([name, value]): HiddenField => [name, value]);
  const returnUrl = [
    typed("redirect_to"),
    isWordPress(raw) ? undefined : typed("url"),
    c.req.header("referer"),
  ].find((url) => url !== undefined && isOfOrigins(url, site.origins));
  return {
    siteName: site.name,
    requestId: c.get("requestId"),
    action: c.req.path,
    fieldNames,
    hidden,
    honeypotName: honeypot,
    values: {
      body: typed(fieldNames.body),
      name: typed(fieldNames.name),
      email: typed(fieldNames.email),
      website: typed(fieldNames.website),
      remember: typed(fieldNames.remember) !== undefined,
    },
    errors: problem.fields,
    bodyCharsMax: site.settings.limits.bodyCharsMax,
    returnUrl,
  };
}
