import { emailAad } from "../../accounts/keys.ts";
import { requestFactsSchema } from "../../comments/request-facts.ts";
import { findSender } from "../../comments/sender.ts";
import type { Context } from "../../context.ts";
import { claimOwed, giveBack, type Lease, putOff, settle } from "../../queue/outbox.ts";
import { getSite, type Site } from "../../sites/site.ts";
import { withWholeRecords } from "../load-frames.ts";
import { unpackEvidence } from "../record.ts";
import { openKey } from "./active.ts";
import {
  type AkismetComment,
  type AkismetSettings,
  akismetSettings,
  submitToAkismet,
} from "./adapters/akismet.ts";
import { withTools } from "./call.ts";
import { CheckFailure } from "./failure.ts";
import { loadReport, noteReport, type ReportRow } from "./store.ts";

const TOPIC = "external.report";
const ADAPTER = "akismet";
/** Tries before a report is parked: with waits of up to six hours, some three days. */
const TRIES_MAX = 20;
const MINUTE_MS = 60_000;
const WAIT_MINUTES_MAX = 360;

/** Tells Akismet where moderators saw it otherwise than it did. A report that fails is owed until it succeeds, or is parked. */
export async function reportDecisions(ctx: Context, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const [lease] = await claimOwed(ctx.db, TOPIC, [id], ctx.clock.now());
    if (lease) await reportOne(ctx, lease);
  }
}

async function reportOne(ctx: Context, lease: Lease): Promise<void> {
  try {
    await report(ctx, lease.key);
    await settle(ctx.db, TOPIC, [lease]);
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    ctx.metrics.externalCalls.inc({ adapter: ADAPTER, outcome: `report_${error.reason}` });
    ctx.log.warn(
      { commentId: lease.key, reason: error.message },
      "report to Akismet failed; it is tried again",
    );
    const now = ctx.clock.now();
    if (lease.attempts >= TRIES_MAX) {
      await giveBack(ctx.db, TOPIC, lease.key, error.message, now);
      return;
    }
    const waitMs = Math.min(2 ** (lease.attempts - 1), WAIT_MINUTES_MAX) * MINUTE_MS;
    await putOff(ctx.db, TOPIC, lease, { error: error.message, dueAt: new Date(now.getTime() + waitMs) });
  }
}

async function report(ctx: Context, commentId: string): Promise<void> {
  const loaded = await loadReport(ctx.db, commentId, ADAPTER);
  const [row] = await withWholeRecords(ctx, loaded ? [loaded] : []);
  if (!row || row.is_edited || !row.by_moderator) return;
  const site = await getSite(ctx, row.site_key);
  const settings = feedbackSettings(site);
  const verdict = verdictToTell(row);
  if (!settings || !verdict) return;
  const entry = site.external[ADAPTER];
  const secret = entry ? openKey(ctx, site.id, ADAPTER, entry) : null;
  const comment = toAkismetComment(ctx, row, site, settings.sendIp ? await findSender(ctx, row.id) : null);
  await withTools(ctx, { secret, deadlineMs: settings.deadlineMs }, (tools) =>
    submitToAkismet(tools, settings, comment, verdict),
  );
  await noteReport(ctx.db, { commentId, adapter: ADAPTER, verdict, at: ctx.clock.now() });
  ctx.metrics.externalCalls.inc({ adapter: ADAPTER, outcome: `reported_${verdict}` });
}

function feedbackSettings({ external }: Site): AkismetSettings | undefined {
  const entry = external[ADAPTER];
  if (!entry?.enabled) return undefined;
  const settings = akismetSettings.safeParse(entry.settings).data;
  return settings?.feedback === true ? settings : undefined;
}

/** Only where the moderator's word differs from what Akismet said, or from what it was told last. */
function verdictToTell({ status, evidence, reported }: ReportRow): "spam" | "ham" | undefined {
  const said = unpackEvidence(evidence)?.find(({ name }) => name === "akismet.spam")?.value;
  const believed = reported ?? (said === true ? "spam" : "ham");
  const now = status === "spam" ? "spam" : status === "published" ? "ham" : undefined;
  return now === believed ? undefined : now;
}

function toAkismetComment(
  ctx: Context,
  row: ReportRow,
  site: Site,
  sender: AkismetComment["sender"],
): AkismetComment {
  return {
    body: row.body,
    name: row.name,
    website: row.website,
    email: ctx.keys.box.open(row.email_sealed, emailAad(row.site_id)),
    parentId: row.parent_id,
    createdAt: row.created_at,
    article: { url: row.thread_url, language: row.thread_language ?? site.language },
    honeypot: requestFactsSchema.parse(row.request_facts).form.honeypotFilled,
    sender,
  };
}
