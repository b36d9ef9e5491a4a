import type { Context } from "../context.ts";
import { revokeTokensOfName } from "./store.ts";

/** Takes back, for good, every valid token for all sites that has this name. None is fine. */
export async function revokeTokensNamed(ctx: Pick<Context, "db">, name: string): Promise<void> {
  await revokeTokensOfName(ctx.db, name);
}
