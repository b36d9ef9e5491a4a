import { emailAad } from "../accounts/keys.ts";
import { requestFactsSchema } from "../comments/request-facts.ts";
import type { Context } from "../context.ts";
import { uuidFloor } from "../ids.ts";
import { getSite, type Site } from "../sites/site.ts";
import { joinCampaigns } from "./campaigns/join.ts";
import { fingerprint, NEAR_DISTANCE_MAX } from "./fingerprint.ts";
import { loadModels } from "./learning/load-models.ts";
import { type SiteModel, viewComment, viewWithoutModel } from "./model-view.ts";
import type { CampaignFacts, RepeatMatch, Subject } from "./signal.ts";
import {
  type CheckRow,
  countFlood,
  countSince,
  type FingerprintRow,
  findRepeats,
  type FloodRow,
  insertFingerprints,
  type RepeatRow,
} from "./store.ts";
import { type NormalisedText, normaliseText } from "./text.ts";

export type Loaded = { row: CheckRow; site: Site; subject: Subject };

const MINUTE_MS = 60_000;
/** Comments of a site in a minute that are counted anew for every batch. */
const FLOOD_EXACT_MAX = 1_000;

/** Everything the signals of a batch may look at, in a handful of set-based queries however many comments there are. */
export async function loadSubjects(ctx: Context, rows: CheckRow[]): Promise<Loaded[]> {
  const texts = new Map(rows.map((row) => [row.id, normaliseText(row.body)]));
  const prints = rows.map((row) => toFingerprintRow(row, texts.get(row.id)));
  // Our own prints must be visible to others before we look for theirs.
  await insertFingerprints(ctx.db, prints);
  const [{ repeats, campaigns }, flood, siteFlood, sites, models] = await Promise.all([
    findAlike(ctx, rows, prints),
    countFlood(ctx.db, rows.map(toFloodLookup)),
    countPerSite(ctx, rows),
    loadSites(ctx, rows),
    loadModels(
      ctx,
      rows.map((row) => row.site_id),
    ),
  ]);
  const matches = Map.groupBy(repeats, (repeat) => repeat.comment_id);
  return rows.map((row) => {
    const site = sites.get(row.site_id);
    const text = texts.get(row.id);
    if (!site || !text) throw new Error(`The site of comment ${row.id} is gone.`);
    const found = (matches.get(row.id) ?? []).map((match) => toRepeatMatch(row, match));
    const campaign = campaigns.get(row.id) ?? null;
    const counts = { flood: flood.get(row.id), site: siteFlood.get(row.site_id) ?? 0 };
    const parts = { site, text, model: models.get(row.site_id), matches: found, campaign, counts };
    return { row, site, subject: toSubject(ctx, row, parts) };
  });
}

/** Near repeats, and the campaigns that what is alike by less makes. */
async function findAlike(ctx: Context, rows: CheckRow[], prints: FingerprintRow[]) {
  const alike = await findRepeats(ctx.db, prints);
  const campaigns = await joinCampaigns(ctx, rows, prints, alike);
  return { repeats: alike.filter(({ distance }) => distance <= NEAR_DISTANCE_MAX), campaigns };
}

function toRepeatMatch(row: CheckRow, match: RepeatRow): RepeatMatch {
  return {
    commentId: match.match_id,
    authorIsSame: match.author_id === row.author_id,
    threadIsSame: match.thread_id === row.thread_id,
    distance: match.distance,
    status: match.status,
  };
}

function toFingerprintRow(row: CheckRow, text: NormalisedText | undefined): FingerprintRow {
  const print = fingerprint(text ?? normaliseText(row.body));
  return {
    commentId: row.id,
    siteId: row.site_id,
    authorId: row.author_id,
    threadId: row.thread_id,
    simhash: print.simhash,
    bands: print.bands,
    sketch: print.sketch,
  };
}

function toFloodLookup(row: CheckRow) {
  const at = row.created_at.getTime();
  return {
    commentId: row.id,
    authorId: row.author_id,
    ipHash: row.ip_hash,
    networkHash: row.network_hash,
    sinceMinute: uuidFloor(at - MINUTE_MS),
    sinceTenMinutes: uuidFloor(at - 10 * MINUTE_MS),
  };
}

async function countPerSite(ctx: Context, rows: CheckRow[]): Promise<Map<number, number>> {
  const ids = [...new Set(rows.map((row) => row.site_id))];
  const counts = await Promise.all(ids.map((id) => countSite(ctx, id)));
  return new Map(ids.map((id, index) => [id, counts[index] ?? 0]));
}

/** Exact up to a flood by any rule; from there on at most a second old, since counting thousands takes milliseconds. */
async function countSite({ db, clock, caches }: Context, siteId: number): Promise<number> {
  const known = caches.siteFloods.get(siteId);
  if (known !== undefined) return known;
  const count = await countSince(db, siteId, uuidFloor(clock.nowMs() - MINUTE_MS));
  if (count >= FLOOD_EXACT_MAX) caches.siteFloods.set(siteId, count);
  return count;
}

async function loadSites(ctx: Context, rows: CheckRow[]): Promise<Map<number, Site>> {
  const keys = [...new Set(rows.map((row) => row.site_key))];
  const sites = await Promise.all(keys.map((key) => getSite(ctx, key)));
  return new Map(sites.map((site) => [site.id, site]));
}

type Parts = {
  site: Site;
  text: NormalisedText;
  /** undefined: there is none to be had. */
  model: SiteModel | undefined;
  matches: RepeatMatch[];
  campaign: CampaignFacts | null;
  counts: { flood: FloodRow | undefined; site: number };
};

function toSubject(ctx: Context, row: CheckRow, parts: Parts): Subject {
  const { site, text, model, matches, campaign, counts } = parts;
  const { flood } = counts;
  const { name, website } = row;
  return {
    comment: {
      id: row.id,
      body: row.body,
      name: row.name,
      website: row.website,
      parentId: row.parent_id,
      depth: row.depth,
      createdAt: row.created_at,
    },
    text,
    model: model ? viewComment(model, { text, name, website }) : viewWithoutModel(),
    email: ctx.keys.box.open(row.email_sealed, emailAad(row.site_id)),
    request: requestFactsSchema.parse(row.request_facts),
    article: { url: row.thread_url, title: row.thread_title, language: row.thread_language },
    site: {
      key: site.key,
      language: site.language,
      hosts: site.hosts,
      lists: site.settings.lists,
      automation: site.automation,
    },
    author: {
      status: row.author_status,
      publishedCount: row.published_count,
      rejectedCount: row.rejected_count,
      spamCount: row.spam_count,
      heldCount: row.held_count,
      firstSeenAt: row.author_created_at,
    },
    flood: {
      authorLastMinute: flood?.author_minute ?? 0,
      authorLastTenMinutes: flood?.author_ten_minutes ?? 0,
      ipLastTenMinutes: flood?.ip_ten_minutes ?? 0,
      networkLastTenMinutes: flood?.network_ten_minutes ?? 0,
      siteLastMinute: counts.site,
    },
    repeats: { matches },
    campaign,
  };
}
