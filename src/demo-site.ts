import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createToken } from "./accounts/create-token.ts";
import { authenticate } from "./accounts/authenticate.ts";
import { revokeTokensNamed } from "./accounts/revoke-tokens-named.ts";
import type { Context } from "./context.ts";
import { AppError } from "./errors.ts";
import { DEFAULT_PRESET, readPreset } from "./moderation/policy/presets.ts";
import { createSite } from "./sites/create-site.ts";

export const DEMO_SITE_KEY = "demo";
const TOKEN_NAME = "demo moderator";

/** What someone who tries Parley needs to look around. */
export type DemoAccess = { siteKey: string; token: string };

/** Makes the demonstration site and a token for all of it on the first start; finds both again on every other. */
export async function ensureDemo(ctx: Context): Promise<DemoAccess> {
  await ensureSite(ctx);
  return { siteKey: DEMO_SITE_KEY, token: await ensureToken(ctx) };
}

async function ensureSite(ctx: Context): Promise<void> {
  if (await ctx.caches.sites.fetch(DEMO_SITE_KEY)) return;
  const { publicUrl, port } = ctx.config.http;
  const origins = [new URL(publicUrl).origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`];
  try {
    await createSite(ctx, {
      key: DEMO_SITE_KEY,
      name: "The Aldermere Courier",
      language: "en",
      origins: [...new Set(origins)],
      policySource: await readPreset(DEFAULT_PRESET),
      createdBy: "demo",
    });
  } catch (error) {
    // Another process was first.
    if (!(error instanceof AppError) || error.code !== "conflict") throw error;
  }
}

/** The token is kept in the data directory (0600), since the database has only its hash. */
async function ensureToken(ctx: Context): Promise<string> {
  const file = join(ctx.config.dataDir, "demo-token");
  const kept = (await readFile(file, "utf8").catch(() => "")).trim();
  const valid = kept !== "" && (await authenticate(ctx, kept).catch(() => undefined));
  if (valid) return kept;
  // Nobody has the earlier ones any more, or somebody who should not.
  await revokeTokensNamed(ctx, TOKEN_NAME);
  const { token } = await createToken(ctx, { kind: "admin", name: TOKEN_NAME, site: null });
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return token;
}
