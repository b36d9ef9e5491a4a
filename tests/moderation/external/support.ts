import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../../src/clock.ts";
import { askAbout } from "../../../src/moderation/external/call.ts";
import { activeAdapters } from "../../../src/moderation/external/active.ts";
import { configureExternal } from "../../../src/moderation/external/configure.ts";
import type { AdapterName } from "../../../src/moderation/external/names.ts";
import type { Evidence, FactValue, Subject } from "../../../src/moderation/signal.ts";
import { getSite } from "../../../src/sites/site.ts";
import { openTestContext, type TestContext, type TestContextOptions } from "../../support/context.ts";

/** The operator has opened this machine, and no other. */
const OPEN = { EXTERNAL_ALLOW_CIDRS: "127.0.0.0/8", EXTERNAL_ALLOW_HTTP: "true" };

export const openExternalContext = (options: TestContextOptions = {}): Promise<TestContext> =>
  openTestContext({ ...options, env: { ...OPEN, ...options.env } });

export async function configure(
  ctx: TestContext,
  adapter: AdapterName,
  settings: Record<string, unknown>,
  secret?: string,
): Promise<void> {
  const site = await getSite(ctx, "paper");
  await configureExternal(ctx, {
    site,
    adapter,
    enabled: true,
    settings: { when: "always", ...settings },
    secret,
  });
}

/** What one adapter, as the site has it, says about a comment. */
export async function ask(
  ctx: TestContext,
  name: AdapterName,
  subject: Subject,
  { ip = null, leftMs = 20_000 }: { ip?: string | null; leftMs?: number } = {},
): Promise<Evidence[]> {
  const site = await getSite(ctx, "paper");
  const one = activeAdapters(site).find(({ adapter }) => adapter.name === name);
  if (!one) throw new Error(`${name} is not on`);
  const sender = ip === null ? null : { ip, userAgent: "Test/1.0" };
  return askAbout(ctx, site, one, { subject, sender }, leftMs);
}

/** Evidence in short: the values there are, and why the others are not. */
export function inShort(
  evidence: readonly Evidence[],
): Record<string, FactValue | { down: string | undefined }> {
  return Object.fromEntries(evidence.map(({ name, value, error }) => [name, value ?? { down: error }]));
}

/** The one reason for which all of an adapter's facts are unavailable. */
export function downReason(evidence: readonly Evidence[]): string | undefined {
  const reasons = new Set(
    evidence.map(({ state, error }) => (state === "unavailable" ? error : "there is a value")),
  );
  if (reasons.size !== 1) throw new Error(`not one reason: ${JSON.stringify(evidence)}`);
  return [...reasons][0];
}

export const clockAt = (start: string): Clock & { advance(ms: number): void } => {
  let nowMs = Date.parse(start);
  return {
    now: () => new Date(nowMs),
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
};

export async function until(what: () => Promise<boolean> | boolean, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await what())) {
    if (Date.now() > end) throw new Error("it did not come to be in time");
    await sleep(10);
  }
}

export const jsonReply = (body: unknown, status = 200) => ({
  status,
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
