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
    policySource: options.policy ?? (await readPreset(options.preset ?? "balanced")),
    createdBy: "test",
  });
  return getSite(ctx, key);
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

const TOPICS = [
  "talks",
  "families",
  "interpreters",
  "letters",
  "exchange",
  "hospital",
  "border",
  "lawyers",
  "winter",
  "journalists",
  "convention",
];
const VERBS = ["explains", "ignores", "describes", "questions", "follows", "remembers", "summarises"];
const ENDS = [
  "with more care than I expected",
  "but leaves out the cost",
  "and I would like to read more",
  "as my grandmother used to tell it",
  "without taking sides",
  "in a way that a pupil can follow",
];

/** Ordinary sentences that differ enough not to be taken for repeats. */
export function cleanBody(n: number): string {
  const pick = (list: readonly string[], step: number) => list[Math.floor(n / step) % list.length] ?? "";
  return (
    `The report on the ${pick(TOPICS, 1)} ${pick(VERBS, 3)} what happened ${pick(ENDS, 2)}; ` +
    `paragraph ${(n % 9) + 1} about the ${pick(TOPICS, 7)} and ${pick(TOPICS, 5)} was new to me, number ${n} on my list.`
  );
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
