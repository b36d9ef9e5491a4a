import { z } from "zod";
import type { Context } from "../../context.ts";
import { AppError, type FieldProblem } from "../../errors.ts";
import type { ExternalEntry } from "../../sites/external.ts";
import { externalSchema } from "../../sites/external.ts";
import type { Site } from "../../sites/site.ts";
import { writeExternal } from "../../sites/write-external.ts";
import { assertAddressAllowed, checkWebhookUrl } from "../../webhooks/guard.ts";
import { openKey, sealKey } from "./active.ts";
import type { Adapter, BoundAdapter } from "./adapter.ts";
import { ADAPTERS } from "./adapters/index.ts";
import { splitServer } from "./adapters/dnsbl.ts";
import type { AdapterName } from "./names.ts";

const SECRET_CHARS_MAX = 500;

/** What a key for somebody else's service may look like: it becomes a header or a form field. */
export const secretSchema = z
  .string()
  .trim()
  .min(1)
  .max(SECRET_CHARS_MAX)
  .regex(/^[\x21-\x7e]+$/, "printable ASCII characters without spaces");

export type ConfigureInput = {
  site: Site;
  adapter: AdapterName;
  enabled: boolean;
  settings: unknown;
  /** Undefined: the one there is stays; null: none. */
  secret: string | null | undefined;
};

/**
 * Puts the settings of an external check in place of those there are; what is left out has its default. In force at once
 * in this process, within a second in every other.
 * @throws AppError `not_found`; `invalid_input` naming every field that cannot be, and nothing is changed.
 */
export async function configureExternal(ctx: Context, input: ConfigureInput): Promise<void> {
  const { site, adapter: name } = input;
  const adapter = ADAPTERS[name];
  const settings = parseSettings(adapter, input.settings);
  const bound = adapter.bind(settings);
  await checkTargets(ctx, bound);
  await writeExternal(ctx, site.key, (stored) => {
    const checks = externalSchema.parse(stored);
    const known = checks[name];
    const secret = nextSecret(ctx, { input, adapter, bound, known });
    return { ...checks, [name]: { enabled: input.enabled, settings, secret } };
  });
  ctx.external.forget(site.id, name);
}

/** Takes an external check away, its key included. Taking away what is not there is no mistake. */
export async function removeExternal(ctx: Context, site: Site, name: AdapterName): Promise<void> {
  await writeExternal(ctx, site.key, (stored) => {
    const { [name]: _removed, ...rest } = externalSchema.parse(stored);
    return rest;
  });
  ctx.external.forget(site.id, name);
}

/** Complete, as they are stored. */
function parseSettings(adapter: Adapter, input: unknown): Record<string, unknown> {
  const parsed = adapter.settings.safeParse(input);
  if (parsed.success) return { ...parsed.data };
  throw wrong(
    parsed.error.issues.map(({ path, message }) => ({
      path: ["settings", ...path].map(String).join("."),
      message,
    })),
  );
}

/** Public addresses, or those that the operator opened. Each connection is checked again when it is made. */
async function checkTargets(ctx: Context, { urls, addresses }: BoundAdapter): Promise<void> {
  const { guard } = ctx.external;
  const problems: FieldProblem[] = [];
  for (const { path, url } of urls) {
    const problem = await problemOf(() => checkWebhookUrl(url, guard));
    if (problem !== null) problems.push({ path: `settings.${path}`, message: problem });
  }
  for (const { path, address } of addresses) {
    const problem = await problemOf(async () =>
      assertAddressAllowed(guard, splitServer(address).address, "It is"),
    );
    if (problem !== null) problems.push({ path: `settings.${path}`, message: problem });
  }
  if (problems.length > 0) throw wrong(problems);
}

async function problemOf(check: () => Promise<unknown>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_input") return error.message;
    throw error;
  }
}

type Secrets = {
  input: ConfigureInput;
  adapter: Adapter;
  bound: BoundAdapter;
  known: ExternalEntry | undefined;
};

function nextSecret(ctx: Context, { input, adapter, bound, known }: Secrets): string | null {
  const { site, secret } = input;
  if (adapter.secret === "none") {
    if (secret) throw wrong([{ path: "secret", message: "it takes none" }]);
    return null;
  }
  if (secret !== undefined) {
    if (secret === null && adapter.secret === "required")
      throw wrong([{ path: "secret", message: "required" }]);
    return secret === null ? null : sealKey(ctx, site.id, adapter.name, secret);
  }
  if (known?.secret == null) {
    if (adapter.secret === "required") throw wrong([{ path: "secret", message: "required" }]);
    return null;
  }
  // Whoever may not read the key must not be able to have it sent to themselves.
  if (originsOf(bound) !== originsOf(adapter.bind(known.settings))) {
    throw wrong([{ path: "secret", message: "must be given again when the address changes" }]);
  }
  return sealAnew(ctx, site, adapter.name, known);
}

/** Under the present key of the instance. */
function sealAnew(ctx: Context, site: Site, name: AdapterName, known: ExternalEntry): string | null {
  const secret = openKey(ctx, site.id, name, known);
  return secret === null ? null : sealKey(ctx, site.id, name, secret);
}

function originsOf({ urls }: BoundAdapter): string {
  return urls.map(({ url }) => new URL(url).origin).join(" ");
}

function wrong(fields: FieldProblem[]): AppError {
  return new AppError("invalid_input", "Some of this is not as it must be.", { fields });
}
