import { createToken } from "../../src/accounts/create-token.ts";
import type { Scope, TokenKind } from "../../src/accounts/scopes.ts";
import { submissionSchema } from "../../src/comments/schema.ts";
import { submitComment, type SubmittedComment } from "../../src/comments/submit.ts";
import type { Context } from "../../src/context.ts";
import { type PresetName, readPreset } from "../../src/moderation/policy/presets.ts";
import { createSite } from "../../src/sites/create-site.ts";
import { getSite, type Site } from "../../src/sites/site.ts";

export const ARTICLE_URL = "https://paper.example/2026/prisoners-of-war";

export type TestSiteOptions = {
  key?: string;
  origins?: string[];
  preset?: PresetName;
  /** In place of a preset. */
  policy?: string;
  settings?: Record<string, unknown>;
};

/** Limits so high that no test meets them by accident. */
const ROOMY = {
  perIpPerTenMinutes: 1_000_000,
  perAuthorPerTenMinutes: 1_000_000,
  perSitePerMinute: 10_000_000,
};

export async function createTestSite(ctx: Context, options: TestSiteOptions = {}): Promise<Site> {
  const key = options.key ?? "paper";
  const { limits, ...settings } = options.settings ?? {};
  await createSite(ctx, {
    key,
    name: "The Paper",
    language: "en",
    origins: options.origins ?? ["https://paper.example"],
    settings: { ...settings, limits: { ...ROOMY, ...(limits as object | undefined) } },
    policySource: options.policy ?? (await unsampledPreset(options.preset ?? "balanced")),
    createdBy: "test",
  });
  return getSite(ctx, key);
}

/** Without its sample, which two in a hundred comments would be in, whatever a test expects of them. */
async function unsampledPreset(name: PresetName): Promise<string> {
  return (await readPreset(name)).replace(/^sampling:.*$/m, "");
}

export type TestCommentInput = {
  name?: string;
  email?: string;
  body?: string;
  website?: string | null;
  parentId?: string | null;
  url?: string | null;
  threadKey?: string | null;
  title?: string | null;
  token?: string | null;
  ip?: string;
  honeypotFilled?: boolean;
  idempotencyKey?: string | null;
};

let count = 0;

/** Submits a comment that the balanced policy publishes, unless told otherwise; each by another author with other words. */
export async function submitTestComment(
  ctx: Context,
  site: Site,
  input: TestCommentInput = {},
): Promise<SubmittedComment> {
  count += 1;
  const { ip, honeypotFilled, idempotencyKey, ...given } = input;
  const fields = submissionSchema(site.settings.limits).parse({
    name: `Reader ${count}`,
    email: `reader${count}@readers.example`,
    body: cleanBody(count),
    url: ARTICLE_URL,
    ...given,
  });
  return submitComment(ctx, {
    site,
    fields,
    idempotencyKey: idempotencyKey ?? null,
    ip: ip ?? `203.0.${Math.floor(count / 250) % 250}.${(count % 250) + 1}`,
    honeypotFilled: honeypotFilled ?? false,
    requestId: null,
  });
}

const FIRST = [
  "The paragraph on the interpreters was new to me",
  "My grandmother used to tell it differently",
  "I had not heard of the hospital before",
  "Thank you for letting the families speak",
  "So the lawyers waited a whole winter",
  "A map would have helped here",
  "What became of the letters afterwards",
  "Our teacher read this aloud in class",
  "It is good to see the convention explained",
  "Nobody at the border knew any of that",
  "This is careful work by your journalists",
  "The photograph at the top says a lot",
  "Prisoners rarely choose their own words",
  "I was a nurse there for six years",
  "An exchange takes more time than people think",
  "The second half of the article is stronger",
  "Everyone in my village remembers the buses",
] as const;
const THEN = [
  "and I would like to read more of it",
  "but the cost is left out again",
  "though my uncle never spoke about it",
  "which a pupil can follow without help",
  "as the radio reported in the evening",
  "so please keep asking these questions",
  "while other papers look the other way",
  "because numbers alone explain so little",
  "even where the sources disagree",
  "yet somebody must have signed the order",
  "until the trains began to run again",
  "if the dates in the caption are right",
  "and that without taking sides",
  "although the headline promises too much",
  "once you get past the introduction",
  "just like the museum shows it today",
  "when the river was still frozen",
  "unless I misunderstood the minister",
  "and nothing has been done since",
] as const;
const LAST = [
  "I shall look for the book you mention.",
  "Does the archive open on Saturdays?",
  "More of this, less about celebrities.",
  "We talked about it over dinner.",
  "A correction would be welcome, that is all.",
  "My sister sends her regards from Odesa.",
  "The comments here are worth reading too.",
  "I have kept the printed page.",
  "Please tell us how it goes on.",
  "History lessons were never like that.",
  "Some of us still wait for an answer.",
  "The drawing helped me understand.",
  "It took courage to write about it.",
  "What do the engineers say?",
  "I walked past that building yesterday.",
  "Perhaps next week in the weekend edition?",
  "The choir sang about it last summer.",
  "That bridge was never rebuilt.",
  "Fair enough, but look at the budget.",
  "You could ask the mayor of our town.",
  "Let the witnesses rest now.",
  "Half of my street signed the petition.",
  "Good luck with the second part.",
] as const;

/** Ordinary remarks that differ enough not to be taken for repeats, or for a campaign. */
export function cleanBody(n: number): string {
  const pick = (list: readonly string[]) => list[n % list.length] ?? "";
  return `${pick(FIRST)}, ${pick(THEN)}. ${pick(LAST)} Number ${n} on my list.`;
}

export async function createTestToken(
  ctx: Context,
  options: { kind?: TokenKind; name?: string; scopes?: Scope[]; site?: Site | null } = {},
): Promise<string> {
  const { token } = await createToken(ctx, {
    kind: options.kind ?? "admin",
    name: options.name ?? "tester",
    site: options.site ?? null,
    ...(options.scopes && { scopes: options.scopes }),
  });
  return token;
}
