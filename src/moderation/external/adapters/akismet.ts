import { z } from "zod";
import { plainText } from "../../../webhooks/excerpt.ts";
import { type AskedComment, type Call, defineCheck } from "../external-check.ts";
import { ExternalFailure } from "../failure.ts";
import { httpUrl, joinUrl } from "../urls.ts";
import type { HttpAnswer } from "../exchange.ts";

/** Addresses are not kept after a comment was sent, so Akismet, which insists on one, gets this. */
const NO_ADDRESS = "0.0.0.0";
const HELP_CHARS_MAX = 120;

/** Akismet, or a service that speaks its protocol (https://akismet.com/developers/detailed-docs/comment-check/). */
export const akismetCheck = defineCheck({
  name: "akismet",
  version: 1,
  facts: {
    "akismet.spam": { type: "bool", description: "Akismet calls it spam" },
    "akismet.discard": { type: "bool", description: "Akismet calls it spam not worth a second look" },
  },
  sends:
    "The text, the author's name, e-mail address (unless sendEmail is false) and website, the time, and the article's address. " +
    "Not the sender's IP address, which is not kept.",
  secret: "required",
  defaults: { when: "always" },
  settings: z.strictObject({
    /** The site's front page, as it was registered with Akismet. */
    blog: httpUrl,
    endpoint: httpUrl.default("https://rest.akismet.com"),
    sendEmail: z.boolean().default(true),
    /** Akismet answers, but learns nothing from it. */
    isTest: z.boolean().default(false),
  }),
  prepare(settings, secret) {
    const { blog, endpoint, isTest } = settings;
    const key = secret ?? "";
    const post = async (call: Call, method: string, form: Record<string, string>) => {
      const url = joinUrl(endpoint, `1.1/${method}`);
      const body = new URLSearchParams({ api_key: key, blog, ...form }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
      return call.http({ url, body, headers }, call.signal);
    };
    return {
      urls: [{ path: "settings.endpoint", url: endpoint }],
      question: (comment) => ({
        key: keyOf(comment, settings.sendEmail),
        async ask(call) {
          const form = toForm(comment, settings.sendEmail);
          if (isTest) form["is_test"] = "1";
          const answer = await post(call, "comment-check", form);
          const isSpam = readVerdict(answer);
          const discard = isSpam && answer.header("x-akismet-pro-tip")?.trim() === "discard";
          return { "akismet.spam": { value: isSpam }, "akismet.discard": { value: discard } };
        },
      }),
      async verify(call) {
        const answer = await post(call, "verify-key", { key });
        if (answer.text.trim() !== "valid") throw new ExternalFailure("refused", helpOf(answer) ?? "key");
      },
    };
  },
});

/** @throws ExternalFailure for any answer but the two that are verdicts, and for those that come with an error. */
function readVerdict(answer: HttpAnswer): boolean {
  const error = answer.header("x-akismet-error");
  if (error !== null) throw new ExternalFailure("refused", plainText(error, HELP_CHARS_MAX));
  const word = answer.text.trim();
  if (word === "true" || word === "false") return word === "true";
  if (word === "invalid") throw new ExternalFailure("refused", helpOf(answer) ?? "invalid");
  throw new ExternalFailure("unreadable");
}

function helpOf(answer: HttpAnswer): string | null {
  const help = answer.header("x-akismet-debug-help");
  return help === null ? null : plainText(help, HELP_CHARS_MAX) || null;
}

function toForm({ comment, email, article, site }: AskedComment, sendEmail: boolean): Record<string, string> {
  const form: Record<string, string> = {
    user_ip: NO_ADDRESS,
    comment_type: comment.parentId === null ? "comment" : "reply",
    comment_author: comment.name,
    comment_content: comment.body,
    comment_date_gmt: comment.createdAt.toISOString().slice(0, 19) + "Z",
    permalink: article.url,
    blog_charset: "UTF-8",
  };
  if (sendEmail) form["comment_author_email"] = email;
  if (comment.website !== null) form["comment_author_url"] = comment.website;
  const language = article.language ?? site.language;
  if (language !== null) form["blog_lang"] = language.replace("-", "_");
  return form;
}

function keyOf({ text, comment, email, article }: AskedComment, sendEmail: boolean): string {
  return JSON.stringify([text.plain, comment.name, comment.website, sendEmail ? email : "", article.url]);
}
