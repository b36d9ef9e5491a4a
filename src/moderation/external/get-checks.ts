import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { Site } from "../../sites/site.ts";
import { type ActiveCheck, loadActiveChecks } from "./active-checks.ts";
import { CHECK_NAMES, type CheckName } from "./external-check.ts";
import { listUsage } from "./store.ts";
import { type CheckView, toCheckView } from "./view.ts";

/** The checks that a site has set up, by name, read past the cache. */
export async function listChecks(ctx: Context, site: Site): Promise<CheckView[]> {
  const [checks, usage] = await Promise.all([loadActiveChecks(ctx, site.id), listUsage(ctx.db, site.id)]);
  return checks.map((active) => toCheckView(active, usage.get(active.check.name), ctx.clock.now()));
}

/** @throws AppError `not_found` for one that the site has not set up. */
export async function getCheck(ctx: Context, site: Site, name: CheckName): Promise<CheckView> {
  const view = (await listChecks(ctx, site)).find((check) => check.name === name);
  if (!view) throw checkNotFound();
  return view;
}

/** @throws AppError `not_found` */
export async function getActiveCheck(ctx: Context, site: Site, name: CheckName): Promise<ActiveCheck> {
  const active = (await loadActiveChecks(ctx, site.id)).find(({ check }) => check.name === name);
  if (!active) throw checkNotFound();
  return active;
}

/** The name of the path. @throws AppError `not_found` */
export function parseCheckName(text: string): CheckName {
  const name = CHECK_NAMES.find((known) => known === text);
  if (name === undefined) {
    const message = `There is no such check. There are ${CHECK_NAMES.join(", ")}.`;
    throw new AppError("not_found", message, { reason: "check_not_found" });
  }
  return name;
}

export function checkNotFound(): AppError {
  return new AppError("not_found", "The site has not set up this check.", { reason: "check_not_set_up" });
}
