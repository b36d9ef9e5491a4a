import { z } from "zod";
import type { Fact } from "../../signal.ts";
import { type Call, defineAdapter } from "../adapter.ts";
import { readJson } from "../exchange.ts";
import { CheckFailure } from "../failure.ts";
import { capText } from "../cap-text.ts";
import { baseUrl, commonSettings } from "../settings.ts";

const settingsSchema = z.strictObject({
  ...commonSettings({ deadlineMs: 3_000, perMinute: 300, perDay: 50_000 }),
  /** With the version: `/moderations` is added to it. */
  baseUrl: baseUrl("https://api.openai.com/v1"),
  model: z.string().trim().min(1).max(200).default("omni-moderation-latest"),
});
type Settings = z.infer<typeof settingsSchema>;

/** `POST /v1/moderations` as OpenAI and those who imitate it answer it. */
export const moderationApi = defineAdapter<Settings>({
  name: "moderationApi",
  version: 1,
  sends: "The first 5,000 characters of the comment's text.",
  tier: 2,
  about: ["toxicity"],
  secret: "optional",
  settings: settingsSchema,
  urls: ({ baseUrl: url }) => [{ path: "baseUrl", url }],
  prepare: ({ subject }, settings) => call(capText(subject.comment.body), settings),
  prepareTest: (settings) => call("A test without any meaning.", settings),
});

function call(input: string, { baseUrl: base, model }: Settings): Call {
  return {
    content: input,
    async make({ exchange, secret }) {
      const answer = await exchange({
        method: "POST",
        url: `${base}/moderations`,
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(secret !== null && { authorization: `Bearer ${secret}` }),
        },
        body: JSON.stringify({ model, input }),
      });
      return toFacts(readJson(answer));
    },
  };
}

const probability = z.number().min(0).max(1);
const CATEGORIES_MAX = 100;

const answerSchema = z.object({
  results: z.tuple([
    z.object({
      flagged: z.boolean(),
      // Some leave out what does not apply, some say null.
      categories: z.record(z.string().max(100), z.boolean().nullable()).nullish(),
      category_scores: z.record(z.string().max(100), probability.nullable()).nullish(),
    }),
  ]),
});

/** Which of a service's categories make up a fact; those unknown here count for `maxScore` alone. */
const GROUPS: Readonly<Record<string, RegExp>> = {
  hate: /^hate(?:\/|$)/,
  harassment: /^harassment(?:\/|$)/,
  threat: /^(?:hate|harassment)\/threatening$/,
  selfHarm: /^self[-_]harm(?:\/|$)/,
  sexual: /^sexual(?:\/|$)/,
  violence: /^violence(?:\/|$)/,
};

function toFacts(json: unknown): Record<string, Fact> {
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) throw new CheckFailure("parse", { detail: "not a moderation answer" });
  const [{ flagged, categories, category_scores: scoreOf }] = parsed.data.results;
  const given = Object.entries(categories ?? {}).slice(0, CATEGORIES_MAX);
  const found = given.flatMap(([name, applies]) => (applies === true ? [name] : []));
  // A service that names categories and contradicts itself knows nothing; one that names none may still object.
  if (given.length > 0 && flagged !== found.length > 0) {
    throw new CheckFailure("parse", { detail: "flagged contradicts the categories" });
  }
  const scores = Object.entries(scoreOf ?? {}).flatMap(([name, score]): [string, number][] =>
    score === null ? [] : [[name, score]],
  );
  const facts: Record<string, Fact> = { "moderationApi.flagged": { value: flagged } };
  if (given.length > 0) facts["moderationApi.categories"] = { value: found.toSorted() };
  const highest = maxOf(scores);
  if (highest !== undefined) facts["moderationApi.maxScore"] = { value: highest };
  for (const [group, pattern] of Object.entries(GROUPS)) {
    const score = maxOf(scores.filter(([name]) => pattern.test(name)));
    if (score !== undefined) facts[`moderationApi.${group}`] = { value: score };
  }
  return facts;
}

function maxOf(scores: [string, number][]): number | undefined {
  return scores.length === 0 ? undefined : Math.max(...scores.map(([, score]) => score));
}
