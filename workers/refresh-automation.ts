import type { Context } from "../src/context.ts";
import { refreshAutomation } from "../src/moderation/automation/refresh-automation.ts";
import { repeat } from "./repeat.ts";

const INTERVAL_MS = 3_600_000;

/** Looks every hour for sites whose automation is a day old. */
export function startAutomationRefresh(ctx: Context): AsyncDisposable {
  return repeat(ctx, { name: "automation", intervalMs: INTERVAL_MS, work: refreshAutomation });
}
