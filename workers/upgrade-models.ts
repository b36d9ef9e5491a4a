import type { Context } from "../src/context.ts";
import { upgradeModels, wantThisModel } from "../src/moderation/learning/upgrade-models.ts";
import { repeat } from "./repeat.ts";

const INTERVAL_MS = 60_000;

/** Makes the sites' models anew when this release has brought another base; looks again each minute for what failed. */
export function startUpgrades(ctx: Context): AsyncDisposable {
  let isWanted = false;
  return repeat(ctx, {
    name: "upgrade-models",
    intervalMs: INTERVAL_MS,
    work: async () => {
      if (!isWanted) await wantThisModel(ctx);
      isWanted = true;
      await upgradeModels(ctx);
    },
  });
}
