import { findSender, forgetSendersOf } from "../../comments/sender.ts";
import { publishDecisions } from "../../comments/publish.ts";
import type { Context } from "../../context.ts";
import { claimOwed, CLAIMS_MAX, handOn, type Lease, release, settle } from "../../queue/outbox.ts";
import type { Site } from "../../sites/site.ts";
import { giveUpForNow, isElsewhere } from "../give-up.ts";
import { judge, judgeAgain, type Judgement, toProposal } from "../judge.ts";
import { type Loaded, loadSubjects } from "../load-subjects.ts";
import type { Evidence } from "../signal.ts";
import { type CheckRow, loadForCheck } from "../store.ts";
import { activeAdapters } from "./active.ts";
import { askAbout } from "./call.ts";
import { worthAsking } from "./when.ts";

const TOPIC = "comment.consult";
/** Comments of one job that wait for answers at the same time. */
const LANES = 10;
/** For all answers about one comment: well within the lease of 30 s. */
const ANSWERS_MS_MAX = 20_000;

/** Whether others are to be asked before this comment is decided. Costs nothing on a site that asks nobody. */
export function needsAnswers(site: Site, judgement: Judgement): boolean {
  const active = activeAdapters(site);
  return active.length > 0 && worthAsking(active, judgement).length > 0;
}

/** Takes comments out of their batch, which must not wait for answers, and owes them to a job of their own. */
export async function setApart(ctx: Context, ids: string[]): Promise<void> {
  const topics = { from: "comment.check", to: TOPIC } as const;
  const moved = await handOn(ctx.db, topics, ids, ctx.clock.now());
  if (moved.length > 0) ctx.dispatch(TOPIC, moved);
}

/** Forgets the senders of comments that are decided without asking anybody. */
export async function forgetUnasked(ctx: Context, loaded: readonly Loaded[]): Promise<void> {
  const ids = loaded.flatMap(({ row, site }) => (site.keepsSender ? [row.id] : []));
  await forgetSendersOf(ctx, ids);
}

/**
 * Asks others about comments and decides them with all that is known then. Each comment goes its own way: one that waits
 * holds up no other but those behind it in the same job, once all lanes wait.
 * @throws when the store is away: then the whole job is worth another try.
 */
export async function consultComments(ctx: Context, ids: readonly string[]): Promise<void> {
  const waiting = [...ids];
  const lane = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await consultOne(ctx, id);
  };
  await Promise.all(Array.from({ length: Math.min(LANES, ids.length) }, lane));
}

async function consultOne(ctx: Context, id: string): Promise<void> {
  const [lease] = await claimOwed(ctx.db, TOPIC, [id], ctx.clock.now());
  if (!lease) return;
  try {
    await consultLeased(ctx, lease);
  } catch (error) {
    await release(ctx.db, TOPIC, [lease], ctx.clock.now()).catch(() => undefined);
    throw error;
  }
}

async function consultLeased(ctx: Context, lease: Lease): Promise<void> {
  const row = (await loadForCheck(ctx.db, [lease.key])).find(({ status }) => status === "pending");
  if (!row) return settle(ctx.db, TOPIC, [lease]);
  try {
    if (lease.attempts > CLAIMS_MAX) throw new Error("No check of it ever came to an end.");
    await consult(ctx, row);
  } catch (error) {
    if (isElsewhere(error)) throw error;
    await giveUpForNow(ctx, TOPIC, row, error);
  }
}

async function consult(ctx: Context, row: CheckRow): Promise<void> {
  const [loaded] = await loadSubjects(ctx, [row]);
  if (!loaded) throw new Error(`Comment ${row.id} could not be loaded.`);
  const judgement = await gatherAnswers(ctx, loaded);
  await publishDecisions(ctx, [toProposal(ctx, loaded, judgement)]);
  ctx.metrics.checkWait.observe((ctx.clock.nowMs() - row.created_at.getTime()) / 1_000);
  if (loaded.site.keepsSender && !keepsForReports(loaded.site)) await forgetSendersOf(ctx, [row.id]);
}

/** What to tell Akismet after a moderator decided must be what it was told before. */
function keepsForReports(site: Site): boolean {
  const akismet = site.external["akismet"];
  return (
    akismet?.enabled === true && akismet.settings["feedback"] === true && akismet.settings["sendIp"] === true
  );
}

/** Tier by tier: whoever costs more, or would learn more, is asked only while it still matters. */
async function gatherAnswers(ctx: Context, loaded: Loaded): Promise<Judgement> {
  const { row, site, subject } = loaded;
  const untilMs = performance.now() + ANSWERS_MS_MAX;
  const sender = site.keepsSender ? await findSender(ctx, row.id) : null;
  let judgement = await judge(ctx, loaded, true);
  const tiers = Map.groupBy(activeAdapters(site), ({ adapter }) => adapter.tier);
  for (const members of tiers.values()) {
    const asked = worthAsking(members, judgement);
    if (asked.length === 0) continue;
    const leftMs = Math.max(1, untilMs - performance.now());
    const answers: Evidence[][] = await Promise.all(
      asked.map((one) => askAbout(ctx, site, one, { subject, sender }, leftMs)),
    );
    judgement = judgeAgain(loaded, judgement, answers.flat());
  }
  return judgement;
}
