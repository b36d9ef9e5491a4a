import { loadBaseModel } from "../../../src/moderation/model/base-model.ts";
import { viewComment } from "../../../src/moderation/model-view.ts";
import type { Fact, FactValue, Signal, SiteLists, Subject } from "../../../src/moderation/signal.ts";
import { normaliseText } from "../../../src/moderation/text.ts";

export const NOW = new Date("2026-03-01T12:00:00Z");

const base = await loadBaseModel();

const NO_LISTS: SiteLists = {
  blockedWords: [],
  watchedWords: [],
  blockedDomains: [],
  allowedDomains: [],
  blockedEmails: [],
  blockedIps: [],
};

/** A comment with nothing wrong, and what the test wants different. */
export function makeSubject(body: string, changes: Partial<Omit<Subject, "text">> = {}): Subject {
  const text = normaliseText(body);
  const { name, website } = changes.comment ?? { name: "Ann", website: null };
  return {
    comment: {
      id: "0190f7a0-0000-7000-8000-000000000001",
      body,
      name: "Ann",
      website: null,
      parentId: null,
      depth: 0,
      createdAt: NOW,
    },
    text,
    model: viewComment({ base, layer: null, layerVersion: 0 }, { text, name, website }),
    email: "ann@example.com",
    request: { form: { token: "valid", ageMs: 30_000, honeypotFilled: false }, ipListEntry: null },
    article: { url: "https://news.example/2026/bridge", title: "The bridge", language: "en" },
    site: { key: "news", language: "en", hosts: ["news.example"], lists: NO_LISTS, automation: null },
    author: {
      status: "normal",
      publishedCount: 1,
      rejectedCount: 0,
      spamCount: 0,
      heldCount: 0,
      firstSeenAt: NOW,
    },
    flood: {
      authorLastMinute: 0,
      authorLastTenMinutes: 0,
      ipLastTenMinutes: 0,
      networkLastTenMinutes: 0,
      siteLastMinute: 0,
    },
    repeats: { matches: [] },
    campaign: null,
    ...changes,
  };
}

/** The same with the site's lists. */
export function makeListedSubject(
  body: string,
  lists: Partial<SiteLists>,
  changes: Partial<Subject> = {},
): Subject {
  const subject = makeSubject(body, changes);
  return { ...subject, site: { ...subject.site, lists: { ...NO_LISTS, ...lists } } };
}

/** Runs a signal; the pieces of the body that each fact points at come beside its value. */
export async function runOn(
  signal: Signal,
  subject: Subject,
): Promise<{
  facts: Record<string, Fact>;
  values: Record<string, FactValue>;
  pieces: Record<string, string[]>;
}> {
  const facts = await signal.run(subject);
  const values: Record<string, FactValue> = {};
  const pieces: Record<string, string[]> = {};
  for (const [name, fact] of Object.entries(facts)) {
    values[name] = fact.value;
    pieces[name] = (fact.spans ?? []).map(({ start, end }) => subject.comment.body.slice(start, end));
  }
  return { facts, values, pieces };
}
