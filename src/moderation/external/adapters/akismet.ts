import { z } from "zod";
import type { Sender } from "../../../comments/sender.ts";
import type { Fact } from "../../signal.ts";
import { type Call, defineAdapter, type Tools } from "../adapter.ts";
import type { Answer } from "../exchange.ts";
import { CheckFailure } from "../failure.ts";
import { baseUrl, commonSettings } from "../settings.ts";

export const akismetSettings = z.strictObject({
  ...commonSettings({ deadlineMs: 3_000, perMinute: 300, perDay: 50_000 }),
  baseUrl: baseUrl("https://rest.akismet.com"),
  /** The address of the site that the key was given for. */
  blog: z.url({ protocol: /^https?$/ }).max(300),
  /** Akismet wants the reader's IP address; then it is kept, sealed, until Akismet was asked. */
  sendIp: z.boolean().default(false),
  sendEmail: z.boolean().default(false),
  /** Tell Akismet when a moderator disagrees; the address, if sent, is then kept as long as its hash. */
  feedback: z.boolean().default(false),
  /** Akismet learns nothing from what is said to be a test. */
  isTest: z.boolean().default(false),
});
export type AkismetSettings = z.infer<typeof akismetSettings>;

/** What Akismet is told of a comment. */
export type AkismetComment = {
  body: string;
  name: string;
  website: string | null;
  email: string;
  parentId: string | null;
  createdAt: Date;
  article: { url: string; language: string | null };
  honeypot: boolean;
  sender: Sender | null;
};

/** https://akismet.com/developers/detailed-docs/comment-check/ */
export const akismet = defineAdapter<AkismetSettings>({
  name: "akismet",
  version: 1,
  sends:
    "The comment's text, name, website, date and article address; with sendEmail the e-mail address, with sendIp the IP address and browser.",
  tier: 2,
  about: ["spam"],
  secret: "required",
  settings: akismetSettings,
  urls: ({ baseUrl: url }) => [{ path: "baseUrl", url }],
  prepare({ subject, sender }, settings) {
    const { comment, article, email, request } = subject;
    const parameters = commentParameters(
      {
        ...comment,
        email,
        article: { url: article.url, language: article.language ?? subject.site.language },
        honeypot: request.form.honeypotFilled,
        sender,
      },
      settings,
    );
    return checkCall(parameters, settings);
  },
  prepareTest: (settings) => ({
    content: "",
    async make(tools) {
      const parameters = { key: tools.secret ?? "", blog: settings.blog };
      const { text, headers } = await post(tools, settings, "verify-key", parameters);
      if (text.trim() === "valid") return {};
      throw text.trim() === "invalid"
        ? new CheckFailure("refused", { detail: "invalid key" })
        : unexpected(headers);
    },
  }),
});

function checkCall(parameters: Record<string, string>, settings: AkismetSettings): Call {
  // The minute it was written in makes no other question of it.
  const { comment_date_gmt: _date, ...content } = parameters;
  return {
    content: JSON.stringify(content),
    async make(tools) {
      const answer = await post(tools, settings, "comment-check", parameters);
      return readVerdict(answer);
    },
  };
}

/** `true` and `false` are answers; everything else is an error, which Akismet explains in headers. */
function readVerdict({ headers, text }: Answer): Record<string, Fact> {
  const verdict = text.trim();
  if (verdict === "invalid") throw new CheckFailure("refused", { detail: "invalid key" });
  if (headers["x-akismet-error"] !== undefined || (verdict !== "true" && verdict !== "false")) {
    throw unexpected(headers);
  }
  if (verdict === "true") {
    const discard = headers["x-akismet-pro-tip"] === "discard";
    return {
      "akismet.spam": { value: true },
      "akismet.discard": { value: discard },
      "akismet.undecided": { value: false },
    };
  }
  // "Not spam, but ask again": Akismet has not made up its mind.
  if (headers["x-akismet-recheck-after"] !== undefined) return { "akismet.undecided": { value: true } };
  return {
    "akismet.spam": { value: false },
    "akismet.discard": { value: false },
    "akismet.undecided": { value: false },
  };
}

const FEEDBACK_ANSWER = "Thanks for making the web a better place.";

/**
 * Tells Akismet that a moderator saw it otherwise.
 * @throws CheckFailure when Akismet did not confirm it.
 */
export async function submitToAkismet(
  tools: Tools,
  settings: AkismetSettings,
  comment: AkismetComment,
  verdict: "spam" | "ham",
): Promise<void> {
  const parameters = commentParameters(comment, settings);
  const { text, headers } = await post(tools, settings, `submit-${verdict}`, parameters);
  if (text.trim() !== FEEDBACK_ANSWER) throw unexpected(headers);
}

/** Akismet answers "Missing required field: user_ip" to whoever leaves it out, and nothing else. */
const NO_ADDRESS = "0.0.0.0";

function commentParameters(comment: AkismetComment, settings: AkismetSettings): Record<string, string> {
  const { sender, article } = comment;
  return {
    blog: settings.blog,
    comment_type: comment.parentId === null ? "comment" : "reply",
    comment_author: comment.name,
    comment_content: comment.body,
    comment_date_gmt: comment.createdAt.toISOString(),
    permalink: article.url,
    blog_charset: "UTF-8",
    ...(article.language !== null && { blog_lang: article.language }),
    ...(comment.website !== null && { comment_author_url: comment.website }),
    ...(settings.sendEmail && { comment_author_email: comment.email }),
    user_ip: settings.sendIp && sender ? sender.ip : NO_ADDRESS,
    ...(settings.sendIp && sender?.userAgent && { user_agent: sender.userAgent }),
    ...(comment.honeypot && { honeypot_field_name: "parley_honeypot", parley_honeypot: "1" }),
    ...(settings.isTest && { is_test: "1" }),
  };
}

function post(
  { exchange, secret }: Tools,
  { baseUrl: base }: AkismetSettings,
  method: string,
  parameters: Record<string, string>,
): Promise<Answer> {
  return exchange({
    method: "POST",
    url: `${base}/1.1/${method}`,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: new URLSearchParams({ api_key: secret ?? "", ...parameters }).toString(),
  });
}

function unexpected(headers: Answer["headers"]): CheckFailure {
  const word = (name: string) => (typeof headers[name] === "string" ? headers[name] : undefined);
  const detail = word("x-akismet-error") ?? word("x-akismet-debug-help") ?? "neither true nor false";
  return new CheckFailure(headers["x-akismet-error"] === undefined ? "parse" : "refused", { detail });
}
