import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Fact } from "../../signal.ts";
import { type Call, defineAdapter } from "../adapter.ts";
import { capText } from "../cap-text.ts";
import { readJson } from "../exchange.ts";
import { CheckFailure } from "../failure.ts";
import { baseUrl, commonSettings } from "../settings.ts";
import { MODEL_FORMATS, type ModelFormat, type Reply } from "./model-formats.ts";

const POLICY_CHARS_MAX = 20_000;
const CATEGORIES_MAX = 50;

/** What a site that wrote no policy of its own asks for. */
const DEFAULT_POLICY =
  "A comment violates the rules when it attacks or degrades people for who they are (hate), insults or harasses a person " +
  "(harassment), threatens or calls for violence (threat), encourages suicide or self-harm (self-harm), is sexually explicit " +
  "(sexual), publishes somebody's private details (personal-data), or advertises something unrelated (spam). Sharp criticism of " +
  "what people do, think or publish does not violate them, however angry.";
const DEFAULT_CATEGORIES = ["hate", "harassment", "threat", "self-harm", "sexual", "personal-data", "spam"];

const settingsSchema = z
  .strictObject({
    ...commonSettings({ deadlineMs: 8_000, perMinute: 60, perDay: 5_000 }),
    /** With the version: `/chat/completions` is added to it. There is no default: a model of one's own is the rule. */
    baseUrl: baseUrl("").pipe(z.string().min(1, "required")),
    model: z.string().trim().min(1).max(200),
    /** How the model is asked and how it answers. */
    format: z.enum(["json", "llama-guard", "shieldgemma"]).default("json"),
    /** For `json` and `shieldgemma`: the rules, in plain words. */
    policy: z.string().trim().min(1).max(POLICY_CHARS_MAX).default(DEFAULT_POLICY),
    /** For `json`: what it may answer with, and nothing else. */
    categories: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "lower-case words joined by hyphens"))
      .min(1)
      .max(CATEGORIES_MAX)
      .default(DEFAULT_CATEGORIES),
    /** Ask the server to enforce JSON (`response_format`); not every one can. */
    jsonMode: z.boolean().default(true),
  })
  .refine(({ categories }) => new Set(categories).size === categories.length, {
    path: ["categories"],
    message: "names one twice",
  });
export type PolicyModelSettings = z.infer<typeof settingsSchema>;

/** Models that are given written rules, or have their own, over `POST /v1/chat/completions`. */
export const policyModel = defineAdapter<PolicyModelSettings>({
  name: "policyModel",
  version: 1,
  sends: "The first 5,000 characters of the comment's text, and the policy written in its settings.",
  tier: 3,
  about: ["toxicity", "spam"],
  secret: "optional",
  settings: settingsSchema,
  urls: ({ baseUrl: url }) => [{ path: "baseUrl", url }],
  prepare: ({ subject }, settings) => call(capText(subject.comment.body), settings),
  prepareTest: (settings) => call("A test without any meaning.", settings),
});

function call(text: string, settings: PolicyModelSettings): Call {
  const format: ModelFormat = MODEL_FORMATS[settings.format];
  return {
    content: text,
    async make({ exchange, secret }) {
      // The comment cannot know where it ends: whatever it says, it says as a comment.
      const fence = randomBytes(9).toString("base64url");
      const answer = await exchange({
        method: "POST",
        url: `${settings.baseUrl}/chat/completions`,
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(secret !== null && { authorization: `Bearer ${secret}` }),
        },
        body: JSON.stringify({
          model: settings.model,
          temperature: 0,
          stream: false,
          ...format.ask(text, settings, fence),
        }),
      });
      return toFacts(format, settings, readReply(readJson(answer)));
    },
  };
}

const tokenSchema = z.object({
  token: z.string(),
  logprob: z.number().max(0),
  top_logprobs: z.array(z.object({ token: z.string(), logprob: z.number().max(0) })).nullish(),
});

const answerSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullable() }),
        finish_reason: z.string().nullish(),
        logprobs: z.object({ content: z.array(tokenSchema).nullish() }).nullish(),
      }),
    )
    .min(1),
});

/** The envelope is the server's, and must be right. What the model says in it is another matter. */
function readReply(json: unknown): Reply {
  const choice = answerSchema.safeParse(json).data?.choices[0];
  if (!choice) throw new CheckFailure("parse", { detail: "not a chat completion" });
  return { text: choice.message.content?.trim() ?? "", tokens: choice.logprobs?.content ?? [] };
}

/** A model that does not answer in its format says nothing: a comment that talked it into that must not count as a failure. */
function toFacts(format: ModelFormat, settings: PolicyModelSettings, reply: Reply): Record<string, Fact> {
  const verdict = format.read(reply, settings);
  if (!verdict) return {};
  const facts: Record<string, Fact> = {
    "policyModel.violates": { value: verdict.violates, detail: { model: settings.model } },
    "policyModel.category": { value: verdict.category ?? "" },
  };
  if (verdict.confidence !== null) facts["policyModel.confidence"] = { value: verdict.confidence };
  return facts;
}
