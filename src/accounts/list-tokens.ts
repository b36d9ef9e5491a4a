import type { Context } from "../context.ts";
import { listTokenRows } from "./store.ts";

/** A token as it may be shown: never its text, which is not stored. */
export type ListedToken = {
  displayPrefix: string;
  name: string;
  scopes: string[];
  /** null: all sites. */
  siteKey: string | null;
  /** `active`, or why it no longer opens anything. */
  state: "active" | "expired" | "revoked";
  createdAt: Date;
  expiresAt: Date | null;
  /** To the minute. */
  lastUsedAt: Date | null;
};

/** Every token there ever was, oldest first. */
export async function listTokens(ctx: Pick<Context, "db" | "clock">): Promise<ListedToken[]> {
  const now = ctx.clock.now();
  return (await listTokenRows(ctx.db)).map((row) => ({
    displayPrefix: row.display_prefix,
    name: row.name,
    scopes: row.scopes,
    siteKey: row.site_key,
    state:
      row.revoked_at !== null
        ? "revoked"
        : row.expires_at !== null && row.expires_at <= now
          ? "expired"
          : "active",
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }));
}
