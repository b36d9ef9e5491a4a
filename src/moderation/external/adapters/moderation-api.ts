import { z } from "zod";
import { plainText } from "../../../webhooks/excerpt.ts";
import { defineCheck, type Facts } from "../external-check.ts";
import { clipText, readJsonAnswer, withBearer } from "../read-answer.ts";
import { httpUrl, joinUrl } from "../urls.ts";

const NAME_CHARS_MAX = 100;
const FLAGGED_NAMES_MAX = 20;

/** Which of OpenAI's categories make which fact: the highest of them counts. */
const CATEGORIES = {
  "moderationApi.hate": ["hate", "hate/threatening"],
  "moderationApi.harassment": ["harassment", "harassment/threatening"],
  "moderationApi.threat": ["hate/threatening", "harassment/threatening"],
  "moderationApi.selfHarm": ["self-harm", "self-harm/intent", "self-harm/instructions"],
  "moderationApi.sexual": ["sexual", "sexual/minors"],
  "moderationApi.violence": ["violence", "violence/graphic"],
} as const;

const score = (what: string) => ({ type: "double", description: `Score for ${what}, 0 to 1` }) as const;

/** A service with OpenAI's moderation endpoint (https://platform.openai.com/docs/api-reference/moderations). */
export const moderationApiCheck = defineCheck({
  name: "moderationApi",
  version: 1,
  facts: {
    "moderationApi.flagged": { type: "bool", description: "A moderation service objects to it" },
    "moderationApi.maxScore": score("whatever that service is surest of, categories without a fact too"),
    "moderationApi.hate": score("hate"),
    "moderationApi.harassment": score("harassment"),
    "moderationApi.threat": score("threats, of hate or harassment"),
    "moderationApi.selfHarm": score("self-harm"),
    "moderationApi.sexual": score("sexual content"),
    "moderationApi.violence": score("violence"),
  },
  sends: "The first 5,000 characters of the text, and nothing else.",
  secret: "optional",
  defaults: { when: "uncertain" },
  settings: z.strictObject({
    /** Up to and including the version: `/moderations` is appended. */
    baseUrl: httpUrl.default("https://api.openai.com/v1"),
    model: z.string().trim().min(1).max(NAME_CHARS_MAX).default("omni-moderation-latest"),
  }),
  prepare: ({ baseUrl, model }, secret) => ({
    urls: [{ path: "settings.baseUrl", url: baseUrl }],
    question: ({ comment, text }) => ({
      key: text.plain,
      async ask({ http, signal }) {
        const { text: input, clipped } = clipText(comment.body);
        const body = JSON.stringify({ model, input });
        const url = joinUrl(baseUrl, "moderations");
        const answer = await http({ url, body, headers: withBearer(secret) }, signal);
        return toFacts(readJsonAnswer(answer, answerSchema), clipped);
      },
    }),
  }),
});

// Other servers leave categories out, have some of their own, or null for what a model does not judge.
const answerSchema = z.object({
  model: z.string().optional(),
  results: z
    .array(
      z.object({
        flagged: z.boolean(),
        categories: z.record(z.string(), z.boolean().nullable()).nullish(),
        category_scores: z.record(z.string(), z.number().min(0).max(1).nullable()).nullish(),
      }),
    )
    .length(1),
});

function toFacts({ model, results }: z.output<typeof answerSchema>, clipped: boolean): Facts {
  const [result] = results;
  if (!result) return {};
  const scores = new Map(
    Object.entries(result.category_scores ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [[name, value] as const],
    ),
  );
  const flagged = Object.entries(result.categories ?? {}).flatMap(([name, value]) =>
    value === true ? [plainText(name, NAME_CHARS_MAX)] : [],
  );
  const detail = {
    ...(model === undefined ? {} : { model: plainText(model, NAME_CHARS_MAX) }),
    categories: flagged.slice(0, FLAGGED_NAMES_MAX),
    ...(clipped ? { clipped } : {}),
  };
  const facts: Facts = { "moderationApi.flagged": { value: result.flagged, detail } };
  if (scores.size > 0) facts["moderationApi.maxScore"] = { value: Math.max(...scores.values()) };
  for (const [fact, names] of Object.entries(CATEGORIES)) {
    const known = names.flatMap((name) => scores.get(name) ?? []);
    if (known.length > 0) facts[fact] = { value: Math.max(...known) };
  }
  return facts;
}
