import { z } from "zod";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { Site } from "../../sites/site.ts";
import { checkWebhookUrl } from "../../webhooks/guard.ts";
import { loadActiveChecks } from "./active-checks.ts";
import { EXTERNAL_CHECKS } from "./adapters/index.ts";
import type { CheckName, ExternalCheck, PreparedCheck } from "./external-check.ts";
import { checkOptionsSchema } from "./options.ts";
import { openCheckSecret, sealCheckSecret } from "./secret.ts";
import { listCheckRows, putCheckRow } from "./store.ts";

const SECRET_CHARS_MAX = 500;

/** How a check is to be; what is left out is the default. */
export const checkInputSchema = checkOptionsSchema.extend({
  when: checkOptionsSchema.shape.when.optional(),
  /** The key to the other side. Left out: the one there is stays; null: none. Never shown again. */
  secret: z
    .string()
    .trim()
    .min(1)
    .max(SECRET_CHARS_MAX)
    // It goes into a header.
    .regex(/^[\x21-\x7e]+$/, "printable ASCII without spaces")
    .nullable()
    .optional(),
});
export type CheckInput = z.output<typeof checkInputSchema>;

/**
 * Sets a check up, or changes it; in force at once, in other processes within a second. Nothing is asked yet.
 * @throws AppError `invalid_input` naming every wrong setting, an address that must not be contacted, a missing secret.
 */
export async function putCheck(
  ctx: Context,
  { site, name, input }: { site: Site; name: CheckName; input: CheckInput },
): Promise<void> {
  const check = EXTERNAL_CHECKS.find((one) => one.name === name);
  if (!check) throw new Error(`the check ${name} is not registered`);
  const { secret: given, when, ...rest } = input;
  const settings = check.parse(rest.settings);
  const options = checkOptionsSchema.parse({ ...rest, settings, when: when ?? check.defaults.when });
  const known = await loadKnown(ctx, site, check);
  const secret = given === undefined ? known.secret : given;
  assertSecret(check, secret);
  const prepared = check.prepare(settings, secret);
  for (const { path, url } of prepared.urls) await assertUrl(ctx, path, url);
  if (given === undefined && secret !== null) assertSameOrigins(known.prepared, prepared);
  await putCheckRow(ctx.db, {
    siteId: site.id,
    name,
    options,
    secretSealed: secret === null ? null : sealCheckSecret(ctx.keys, { siteId: site.id, name }, secret),
    at: ctx.clock.now(),
  });
  ctx.external.forget(site.id);
}

type Known = { secret: string | null; prepared: PreparedCheck | null };

/** A secret that does not open any more is as good as none: it must be given anew. */
async function loadKnown(ctx: Context, site: Site, { name }: ExternalCheck): Promise<Known> {
  const row = (await listCheckRows(ctx.db, site.id)).find((one) => one.name === name);
  if (!row) return { secret: null, prepared: null };
  const active = (await loadActiveChecks(ctx, site.id)).find(({ check }) => check.name === name);
  const prepared = active?.prepared ?? null;
  if (prepared === null) return { secret: null, prepared };
  return {
    secret: openCheckSecret(ctx.keys, { siteId: site.id, name, sealed: row.secret_sealed }),
    prepared,
  };
}

function assertSecret({ secret: need }: ExternalCheck, secret: string | null): void {
  if (need === "required" && secret === null) throw invalid("secret", "is needed: the key to the service");
  if (need === "none" && secret !== null) throw invalid("secret", "is not used by this check");
}

async function assertUrl(ctx: Context, path: string, url: string): Promise<void> {
  try {
    await checkWebhookUrl(url, ctx.external.guard);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "invalid_input") throw error;
    throw new AppError("invalid_input", error.message, {
      ...(error.reason === undefined ? {} : { reason: error.reason }),
      fields: [{ path, message: error.message }],
    });
  }
}

/** Otherwise whoever may change the address, but was never told the secret, could have it sent to them. */
function assertSameOrigins(known: PreparedCheck | null, next: PreparedCheck): void {
  if (originsOf(known) === originsOf(next)) return;
  throw invalid("secret", "must be given again, since it would now go to another server");
}

function originsOf(prepared: PreparedCheck | null): string {
  return (prepared?.urls ?? []).map(({ url }) => new URL(url).origin).join(" ");
}

function invalid(path: string, message: string): AppError {
  return new AppError("invalid_input", "Some of this is not as it must be.", { fields: [{ path, message }] });
}
