import type { Context } from "../../context.ts";
import { finishEvidence, unavailableEvidence } from "../run-signals.ts";
import type { Evidence } from "../signal.ts";
import { type ActiveAdapter, openKey } from "./active.ts";
import type { Call, Question, Tools } from "./adapter.ts";
import { createExchange } from "./exchange.ts";
import { CheckFailure } from "./failure.ts";
import { lookUpLists } from "./list-store.ts";
import type { Facts } from "./open-external.ts";
import { noteFailure, spendCall } from "./store.ts";

type SiteRef = { id: number; key: string };

/**
 * Asks one of them about a comment. Never throws for their sake: whoever gives no answer, and why, is `unavailable`
 * evidence, or none where the settings say `skip`. What they abstain from is simply missing.
 * @param leftMs until the comment must be decided, waiting in line included.
 */
export async function askAbout(
  ctx: Context,
  site: SiteRef,
  one: ActiveAdapter,
  question: Question,
  leftMs: number,
): Promise<Evidence[]> {
  const { adapter, bound } = one;
  const { onFailure, cacheSeconds } = bound.common;
  const call = bound.prepare(question);
  if (!call) return [];
  const key = answerKey(ctx, site, one, call);
  const known = ctx.external.answers.get(key);
  if (known) {
    ctx.metrics.externalCalls.inc({ adapter: adapter.name, outcome: "cached" });
    return finishEvidence(adapter, known);
  }
  try {
    const facts = await shared(ctx, key, () => guardedCall(ctx, site, one, call, leftMs));
    if (cacheSeconds > 0) ctx.external.answers.set(key, facts, { ttl: cacheSeconds * 1_000 });
    return finishEvidence(adapter, facts);
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    ctx.log.warn(
      { adapter: adapter.name, site: site.key, reason: error.message },
      "external check gave no answer",
    );
    return onFailure === "skip" ? [] : unavailableEvidence(adapter, error.message);
  }
}

/** Of the question and the settings it was asked under; keyed, since there may be addresses in it. */
function answerKey(
  ctx: Context,
  site: SiteRef,
  { adapter, entry }: ActiveAdapter,
  { content }: Call,
): string {
  const { name, version } = adapter;
  return ctx.keys
    .questionHash(JSON.stringify([site.id, name, version, entry.settings, content]))
    .toString("base64url");
}

async function shared(ctx: Context, key: string, ask: () => Promise<Facts>): Promise<Facts> {
  const { asking } = ctx.external;
  const found = asking.get(key);
  if (found) return found;
  const answer = ask().finally(() => asking.delete(key));
  asking.set(key, answer);
  return answer;
}

/**
 * One call, if breaker, budget and places allow it; what came of it is counted and noted.
 * @throws CheckFailure
 */
async function guardedCall(
  ctx: Context,
  site: SiteRef,
  one: ActiveAdapter,
  call: Call,
  leftMs: number,
): Promise<Facts> {
  const { name } = one.adapter;
  const { common } = one.bound;
  const { breaker, gate } = ctx.external.endpointOf(site.id, name);
  const startedMs = performance.now();
  const leave = await gate.enter(common.concurrency, Math.max(0, leftMs - common.deadlineMs));
  try {
    if (!leave) throw new CheckFailure("busy");
    if (!breaker.enter()) throw new CheckFailure("breaker_open");
    if (!(await spend(ctx, site, one))) {
      breaker.abandoned();
      throw new CheckFailure("budget");
    }
    const deadlineMs = Math.min(common.deadlineMs, Math.max(1, leftMs - (performance.now() - startedMs)));
    const facts = await timed(ctx, name, () => makeCall(ctx, site, one, call, deadlineMs));
    breaker.succeeded();
    ctx.metrics.externalCalls.inc({
      adapter: name,
      outcome: Object.keys(facts).length === 0 ? "abstained" : "answered",
    });
    return facts;
  } catch (error) {
    if (!(error instanceof CheckFailure)) {
      breaker.abandoned();
      throw error;
    }
    ctx.metrics.externalCalls.inc({ adapter: name, outcome: error.reason });
    await noteIt(ctx, site, one, error);
    throw error;
  } finally {
    leave?.();
  }
}

async function spend(ctx: Context, site: SiteRef, { adapter, bound }: ActiveAdapter): Promise<boolean> {
  try {
    return await spendCall(ctx.db, { siteId: site.id, adapter: adapter.name }, bound.common, ctx.clock.now());
  } catch (error) {
    ctx.external.endpointOf(site.id, adapter.name).breaker.abandoned();
    throw error;
  }
}

async function timed<T>(ctx: Context, adapter: string, work: () => Promise<T>): Promise<T> {
  const stop = ctx.metrics.externalSeconds.startTimer({ adapter });
  try {
    return await work();
  } finally {
    stop();
  }
}

/** The call itself, ended at its deadline whether it heeds the signal or not. */
export async function makeCall(
  ctx: Context,
  site: SiteRef,
  { adapter, entry }: ActiveAdapter,
  call: Call,
  deadlineMs: number,
): Promise<Facts> {
  const secret = openKey(ctx, site.id, adapter.name, entry);
  return withTools(ctx, { secret, deadlineMs }, (tools) => call.make(tools));
}

/** @throws CheckFailure `deadline`, or what `work` throws before. */
export async function withTools<T>(
  ctx: Context,
  { secret, deadlineMs }: { secret: string | null; deadlineMs: number },
  work: (tools: Tools) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    // undici heeds the signal only once it has a connection: hence the race as well.
    abort.abort();
    reject(new CheckFailure("deadline"));
  }, deadlineMs);
  try {
    const exchange = createExchange(ctx.external.agent, ctx.clock, abort.signal);
    const lookUp: Tools["lookUp"] = (questions) => lookUpLists(ctx.db, questions);
    return await Promise.race([work({ secret, signal: abort.signal, deadlineMs, exchange, lookUp }), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Failures that say nothing about the other side. */
const OURS = new Set(["busy", "breaker_open", "budget"]);

async function noteIt(
  ctx: Context,
  site: SiteRef,
  { adapter, bound }: ActiveAdapter,
  failure: CheckFailure,
): Promise<void> {
  const { breaker } = ctx.external.endpointOf(site.id, adapter.name);
  const { breakerFailures, breakerSeconds } = bound.common;
  if (!OURS.has(failure.reason)) {
    const restMs = (failure.retryAfterSeconds ?? 0) * 1_000;
    breaker.failed({ failuresMax: breakerFailures, openMs: breakerSeconds * 1_000 }, restMs);
  }
  if (failure.reason === "breaker_open") return;
  const key = { siteId: site.id, adapter: adapter.name };
  const noted = { error: failure.message, at: ctx.clock.now(), openUntil: breaker.openUntil() };
  await noteFailure(ctx.db, key, noted);
}
