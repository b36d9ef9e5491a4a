import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { toEvidence, unavailable } from "../run-signals.ts";
import type { Evidence } from "../signal.ts";
import type { ActiveCheck } from "./active-checks.ts";
import type { AskedComment, Facts, Question } from "./external-check.ts";
import { ExternalFailure, NOT_ASKED } from "./failure.ts";
import { noteFailure, noteRecovery, spendCall } from "./store.ts";

/** What a check gave: evidence, or the reason that there is none when the site passes it over then. */
export type Asked = { evidence: Evidence[]; skipped: string | null };

/**
 * Asks one check about one comment: from the cache, or the other side unless its breaker is open or the budget is spent.
 * Never fails for the other side's sake.
 * @param untilMs by `performance.now()`, when the answer is of no use any more.
 * @throws AppError `unavailable` when the store is away
 */
export async function askCheck(
  ctx: Context,
  active: ActiveCheck,
  comment: AskedComment,
  untilMs: number,
): Promise<Asked> {
  const { check, options } = active;
  try {
    const facts = await answerOf(ctx, active, comment, untilMs);
    return { evidence: toEvidence(check, facts), skipped: null };
  } catch (error) {
    if (!(error instanceof ExternalFailure)) throw error;
    ctx.metrics.externalChecks.inc({ check: check.name, outcome: error.reason });
    if (options.onFailure === "skip") return { evidence: [], skipped: error.message };
    return { evidence: unavailable(check, error.message), skipped: null };
  }
}

async function answerOf(
  ctx: Context,
  active: ActiveCheck,
  comment: AskedComment,
  untilMs: number,
): Promise<Facts> {
  const { check, options, prepared, siteId, edition } = active;
  if (!prepared) throw new ExternalFailure("misconfigured");
  const question = prepared.question(comment);
  if ("facts" in question) return question.facts;
  const place = JSON.stringify([siteId, check.name, edition, question.key]);
  const key = ctx.keys.submissionHash(`external\n${place}`).toString("base64url");
  const known = ctx.external.answers.find(key, ctx.clock.nowMs());
  if (known) {
    ctx.metrics.externalChecks.inc({ check: check.name, outcome: "cached" });
    return known;
  }
  return ctx.external.answers.share(key, async () => {
    const facts = await callCheck(ctx, active, (call) => question.ask(call), untilMs);
    const outcome = Object.keys(facts).length > 0 ? "answered" : "abstained";
    ctx.metrics.externalChecks.inc({ check: check.name, outcome });
    if (options.cacheSeconds > 0)
      ctx.external.answers.keep(key, facts, ctx.clock.nowMs() + options.cacheSeconds * 1_000);
    return facts;
  });
}

type Ask<Answer> = (call: Parameters<Extract<Question, { ask: unknown }>["ask"]>[0]) => Promise<Answer>;

/**
 * One call to the other side: a place, the breaker, the budget, the deadline, in that order.
 * @throws ExternalFailure; AppError when the store is away
 */
export async function callCheck<Answer>(
  ctx: Context,
  active: ActiveCheck,
  ask: Ask<Answer>,
  untilMs: number,
): Promise<Answer> {
  const { siteId, check, options, breaker } = active;
  const { name } = check;
  const waitMs = untilMs - performance.now();
  const unstopped = new AbortController().signal;
  using slot =
    waitMs > 0
      ? await ctx.external.slots.acquire(`${siteId} ${name}`, { waitMs, signal: unstopped })
      : undefined;
  if (!slot) throw new ExternalFailure("busy");
  const entered = breaker.enter(ctx.clock.nowMs());
  if (!entered) throw new ExternalFailure("breaker_open");
  try {
    const { callsPerMinute: perMinute, callsPerDay: perDay } = options;
    if (!(await spendCall(ctx.db, { siteId, name, at: ctx.clock.now(), perMinute, perDay })))
      throw new ExternalFailure("budget");
    const leftMs = Math.min(options.deadlineMs, untilMs - performance.now());
    const stop = ctx.metrics.externalSeconds.startTimer({ check: name });
    const answer = await withDeadline(ctx, leftMs, ask).finally(stop);
    if (breaker.succeeded()) await noteRecovery(ctx.db, siteId, name);
    return answer;
  } catch (error) {
    throw await settleFailure(ctx, active, error);
  }
}

/** Race as well as signal: what the call waits for may not heed it. */
async function withDeadline<Answer>(ctx: Context, ms: number, ask: Ask<Answer>): Promise<Answer> {
  const abort = new AbortController();
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => {
      reject(new ExternalFailure("deadline"));
      abort.abort();
    },
    Math.max(1, ms),
  );
  try {
    return await Promise.race([ask({ http: ctx.external.http, signal: abort.signal }), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong, told to the breaker and to whoever looks at the check. */
async function settleFailure(ctx: Context, active: ActiveCheck, error: unknown): Promise<unknown> {
  const { siteId, check, breaker } = active;
  const isStore = error instanceof AppError && error.reason === "store_unavailable";
  if (isStore || (error instanceof ExternalFailure && NOT_ASKED.has(error.reason))) {
    breaker.left();
    return error;
  }
  const failure = error instanceof ExternalFailure ? error : unexpected(ctx, check.name, error);
  const openUntilMs = breaker.failed(ctx.clock.nowMs(), (failure.retryAfterSeconds ?? 0) * 1_000);
  const openUntil = openUntilMs === null ? null : new Date(openUntilMs);
  const { message } = failure;
  await noteFailure(ctx.db, { siteId, name: check.name, error: message, at: ctx.clock.now(), openUntil });
  if (openUntil) ctx.log.warn({ siteId, check: check.name, error: message, openUntil }, "check is not asked");
  return failure;
}

function unexpected(ctx: Context, check: string, error: unknown): ExternalFailure {
  ctx.log.error({ err: error, check }, "check by others failed in an unforeseen way");
  return new ExternalFailure("unreadable", null, { cause: error });
}
