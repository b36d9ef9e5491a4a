import type { RequestFacts } from "../comments/request-facts.ts";
import type { AuthorStatus, CommentStatus, DecisionAction } from "../comments/status.ts";
import type { Automation } from "../sites/automation.ts";
import type { ModelView } from "./model-view.ts";
import type { NormalisedText } from "./text.ts";

/** The types a fact may have; CEL rules are type-checked against them (`int` is a safe integer). */
export type FactType = "int" | "double" | "bool" | "string" | "list<string>";
export type FactValue = number | boolean | string | string[];

/** UTF-16 offsets into the comment's body as the author wrote it; `end` is exclusive. */
export type Span = { start: number; end: number };

/** What a fact is, for the policy's type-checker and for the people who read its evidence. */
export type FactDeclaration = { type: FactType; description: string };

/** One fact a signal found. A fact that does not apply (no article language, say) is simply not returned. */
export type Fact = {
  value: FactValue;
  /** The pieces of text that the fact is about; at most {@link SPANS_MAX}. */
  spans?: Span[];
  /** Small supporting data (matched hosts, comment ids). Never an e-mail or IP address. */
  detail?: Record<string, unknown>;
};

/**
 * A named, versioned source of facts about a comment. Signals are pure: `check.ts` loads what they need
 * into the subject beforehand. A signal that throws or overruns its deadline leaves `unavailable` evidence for each fact it declares.
 */
export type Signal = {
  /** Prefix of its facts: signal `links` declares `links.count`, `links.shorteners`, … */
  name: string;
  /** Raised whenever the same comment may give another value. */
  version: number;
  deadlineMs: number;
  /** Fact names in full (`links.count`). Two segments, lower camel case, valid CEL identifiers. */
  facts: Readonly<Record<string, FactDeclaration>>;
  run(subject: Subject): Record<string, Fact> | Promise<Record<string, Fact>>;
};

/** What is kept of a fact, for the trace, for rules and for re-running a decision. */
export type Evidence = {
  /** Full fact name. */
  name: string;
  /** The version of the signal that made it. */
  version: number;
  state: "ok" | "unavailable";
  value?: FactValue;
  spans?: Span[];
  detail?: Record<string, unknown>;
  /** Why it is unavailable: `deadline` or a short reason. */
  error?: string;
};

export const SPANS_MAX = 20;

/** Everything the signals of one comment may look at, loaded in a few set-based queries. */
export type Subject = {
  comment: {
    id: string;
    body: string;
    name: string;
    website: string | null;
    parentId: string | null;
    depth: number;
    createdAt: Date;
  };
  /** The body normalised once; every text signal reads this. */
  text: NormalisedText;
  /** What the learned model thinks of it. */
  model: ModelView;
  /** The author's decrypted address; must not leave the check (facts about it may). */
  email: string;
  /** What submission learned and only the request could tell. */
  request: RequestFacts;
  article: { url: string; title: string | null; language: string | null };
  site: {
    key: string;
    language: string | null;
    hosts: string[];
    lists: SiteLists;
    automation: Automation | null;
  };
  author: AuthorHistory;
  flood: FloodCounts;
  repeats: RepeatFacts;
  /** The campaign that it belongs to; null: none. */
  campaign: CampaignFacts | null;
};

type AuthorHistory = {
  status: AuthorStatus;
  publishedCount: number;
  rejectedCount: number;
  spamCount: number;
  /** Comments of this author waiting for a moderator now. */
  heldCount: number;
  firstSeenAt: Date;
};

/** Comments received from the same source in a window that ends at this comment, itself not counted. */
type FloodCounts = {
  authorLastMinute: number;
  authorLastTenMinutes: number;
  ipLastTenMinutes: number;
  networkLastTenMinutes: number;
  siteLastMinute: number;
};

/** Earlier comments of the site whose text is the same or nearly so (SimHash distance ≤ 3 of 64 bits). */
type RepeatFacts = {
  matches: RepeatMatch[];
};
export type RepeatMatch = {
  commentId: string;
  authorIsSame: boolean;
  threadIsSame: boolean;
  /** Hamming distance of the fingerprints; 0 is the same normalised text. */
  distance: number;
  status: CommentStatus;
};

/** Nearly the same text from several people (see campaigns/), this comment counted in. */
export type CampaignFacts = {
  id: string;
  /** What a moderator did about it that is in force; null: nothing. */
  actId: string | null;
  size: number;
  authors: number;
  threads: number;
  /** Milliseconds since its first comment. */
  ageMs: number;
  /** To the comment of it that is most alike, 0 to 1. */
  similarity: number;
  /** What its comments are to become, until the end that the moderator set. */
  decision: DecisionAction | "none";
  /** Hosts that its comments linked to when it was decided. */
  hosts: string[];
  /** It has the very words of a published comment of the campaign; asked only when the decision is to publish. */
  isSameAsPublished: boolean;
};

/** The site's own lists, matched case-insensitively against normalised text. */
export type SiteLists = {
  /** Whole words or phrases; a trailing `*` matches a prefix. */
  blockedWords: string[];
  /** Words that only hold. */
  watchedWords: string[];
  blockedDomains: string[];
  allowedDomains: string[];
  /** Full addresses or `@domain`. */
  blockedEmails: string[];
  /** Addresses or CIDR ranges, compared at submission. */
  blockedIps: string[];
};
