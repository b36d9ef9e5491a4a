import type { BaseModel } from "./model/base-model.ts";
import { viewComment } from "./model-view.ts";
import type { SiteLists, Subject } from "./signal.ts";
import { normaliseText } from "./text.ts";

export const NO_LISTS: SiteLists = {
  blockedWords: [],
  watchedWords: [],
  blockedDomains: [],
  allowedDomains: [],
  blockedEmails: [],
  blockedIps: [],
};

const NAME = "Ann";
const SENT_AT = new Date("2026-03-01T12:00:00Z");

/** A text as a comment with nothing else about it that any check would mind: for tests of policies and of signals. */
export function exampleSubject(body: string, base: BaseModel): Subject {
  const text = normaliseText(body);
  return {
    comment: {
      id: "0190f7a0-0000-7000-8000-000000000001",
      body,
      name: NAME,
      website: null,
      parentId: null,
      depth: 0,
      createdAt: SENT_AT,
    },
    text,
    model: viewComment({ base, layer: null, layerVersion: 0 }, { text, name: NAME, website: null }),
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
      firstSeenAt: SENT_AT,
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
  };
}
