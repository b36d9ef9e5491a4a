import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { getSiteDetails } from "../../sites/site-details.ts";
import type { Site } from "../../sites/site.ts";
import type { FactValue } from "../signal.ts";
import { ADAPTERS } from "./adapters/index.ts";
import { makeCall } from "./call.ts";
import { CheckFailure, type CheckFailureReason } from "./failure.ts";
import type { AdapterName } from "./names.ts";
import { spendCall } from "./store.ts";

export type TrialResult = {
  ok: boolean;
  reason: CheckFailureReason | null;
  /** A status or a service's own word. */
  detail: string | null;
  durationMs: number;
  facts: Record<string, FactValue>;
};

/**
 * One call with nobody's comment, to see whether settings and key are right; also while the check is off or its breaker open.
 * It counts for the budget. @throws AppError `conflict` (`external_not_configured`)
 */
export async function tryExternal(ctx: Context, { key }: Site, name: AdapterName): Promise<TrialResult> {
  const { site } = await getSiteDetails(ctx, key);
  const entry = site.external[name];
  if (!entry) {
    throw new AppError("conflict", "This check is not configured yet.", {
      reason: "external_not_configured",
    });
  }
  const adapter = ADAPTERS[name];
  const bound = adapter.bind(entry.settings);
  const startedMs = performance.now();
  const result = (rest: Omit<TrialResult, "durationMs">): TrialResult => ({
    ...rest,
    durationMs: Math.round(performance.now() - startedMs),
  });
  try {
    if (!(await spendCall(ctx.db, { siteId: site.id, adapter: name }, bound.common, ctx.clock.now()))) {
      throw new CheckFailure("budget");
    }
    const call = bound.prepareTest();
    const facts = await makeCall(ctx, site, { adapter, bound, entry }, call, bound.common.deadlineMs);
    const values = Object.fromEntries(Object.entries(facts).map(([fact, { value }]) => [fact, value]));
    return result({ ok: true, reason: null, detail: null, facts: values });
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    return result({ ok: false, reason: error.reason, detail: error.detail, facts: {} });
  }
}
