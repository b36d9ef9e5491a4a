import { parseIpNetwork } from "../accounts/ip.ts";
import type { Context } from "../context.ts";
import { AppError, type FieldProblem } from "../errors.ts";
import { parseOrigin } from "./canonical-url.ts";
import { siteSettingsSchema } from "./schema.ts";
import { insertSite } from "./store.ts";

export type CreateSiteInput = {
  key: string;
  name: string;
  language: string | null;
  origins: string[];
  /** As in {@link siteSettingsSchema}; what is left out keeps its default, also when a later version changes that. */
  settings?: unknown;
  /** The policy document of its first version, already known to compile. */
  policySource: string;
  createdBy: string;
};

/** Makes a site with its first policy. @throws AppError `conflict` when the key is taken, `invalid_input` for origins or settings. */
export async function createSite(
  ctx: Pick<Context, "db" | "clock" | "caches">,
  input: CreateSiteInput,
): Promise<void> {
  const settings = input.settings ?? {};
  checkSettings(settings);
  const row = {
    ...input,
    origins: input.origins.map((origin, index) => parseOrigin(origin, `origins.${index}`)),
    settings: JSON.stringify(settings),
    at: ctx.clock.now(),
  };
  const id = await ctx.db.transaction((tx) => insertSite(tx, row));
  if (id === undefined)
    throw new AppError("conflict", "There is a site with this key.", { reason: "site_exists" });
  ctx.caches.sites.delete(input.key);
}

/** @throws AppError `invalid_input` naming every wrong setting. */
export function checkSettings(settings: unknown): void {
  const parsed = siteSettingsSchema.safeParse(settings);
  const fields: FieldProblem[] = (parsed.error?.issues ?? []).flatMap((issue) => {
    const paths =
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    const message = issue.code === "unrecognized_keys" ? "there is no such setting" : issue.message;
    return paths.map((path) => ({ path: ["settings", ...path].join("."), message }));
  });
  for (const [index, entry] of (parsed.data?.lists.blockedIps ?? []).entries()) {
    // The check passes over what it cannot parse, so an editor's typing error must not get that far.
    if (parseIpNetwork(entry)) continue;
    fields.push({
      path: `settings.lists.blockedIps.${index}`,
      message: "not an address or range such as 192.0.2.0/24",
    });
  }
  if (fields.length > 0)
    throw new AppError("invalid_input", "Some settings are not as they must be.", { fields });
}
