import { createHash } from "node:crypto";
import { z } from "zod";
import type { Fact } from "../../signal.ts";
import { type Call, defineAdapter, type Question, type Tools } from "../adapter.ts";
import type { Answer } from "../exchange.ts";
import { CheckFailure } from "../failure.ts";
import type { ListQuestion } from "../list-store.ts";
import { baseUrl, commonSettings } from "../settings.ts";

const settingsSchema = z
  .strictObject({
    // 20,000 queries a day are what the service allows.
    ...commonSettings({ deadlineMs: 3_000, perMinute: 120, perDay: 20_000 }),
    baseUrl: baseUrl("https://api.stopforumspam.org"),
    /** Ask the service. */
    api: z.boolean().default(true),
    /** Look into the lists that the operator imported; nothing leaves the machine for it. */
    lists: z.boolean().default(true),
    /** The address as MD5, in place of the address. */
    sendEmailHash: z.boolean().default(true),
    sendEmail: z.boolean().default(false),
    /** The reader's IP address; then it is kept, sealed, until the service was asked. */
    sendIp: z.boolean().default(false),
    sendName: z.boolean().default(false),
  })
  .refine(({ api, lists }) => api || lists, { path: ["api"], message: "neither api nor lists is on" })
  .refine(
    ({ api, ...sent }) => !api || sent.sendEmailHash || sent.sendEmail || sent.sendIp || sent.sendName,
    { path: ["api"], message: "there is nothing it may be asked about" },
  );
type Settings = z.infer<typeof settingsSchema>;

/** https://www.stopforumspam.com/usage */
export const stopForumSpam = defineAdapter<Settings>({
  name: "stopforumspam",
  version: 1,
  sends:
    "With `api`: the MD5 of the e-mail address (sendEmailHash), the address itself (sendEmail), the IP address (sendIp), the name (sendName). With `lists` alone: nothing.",
  tier: 1,
  about: ["spam"],
  secret: "none",
  settings: settingsSchema,
  urls: ({ api, baseUrl: url }) => (api ? [{ path: "baseUrl", url }] : []),
  prepare: (question, settings) => call(queryOf(question, settings), listQuestions(question), settings),
  prepareTest: (settings) => call({ email: "test@example.com" }, [], settings),
});

type Query = Record<string, string>;

function queryOf({ subject, sender }: Question, settings: Settings): Query {
  const email = subject.email.trim().toLowerCase();
  return {
    ...(settings.sendEmailHash && !settings.sendEmail && { emailhash: md5(email) }),
    ...(settings.sendEmail && { email }),
    ...(settings.sendIp && sender && { ip: sender.ip }),
    ...(settings.sendName && { username: subject.comment.name }),
  };
}

function listQuestions({ subject, sender }: Question): ListQuestion[] {
  const email = subject.email.trim().toLowerCase();
  const domain = email.slice(email.lastIndexOf("@") + 1);
  return [
    { kind: "email", entry: email },
    { kind: "email_md5", entry: md5(email) },
    ...parentsOf(domain).map((entry): ListQuestion => ({ kind: "domain", entry })),
    { kind: "username", entry: subject.comment.name.toLowerCase() },
    ...(sender ? [{ kind: "ip" as const, entry: sender.ip }] : []),
  ];
}

/** `mail.example.com` is listed when `example.com` is. */
function parentsOf(domain: string): string[] {
  const labels = domain.split(".");
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
}

function call(query: Query, questions: ListQuestion[], settings: Settings): Call {
  return {
    content: JSON.stringify([query, questions]),
    async make(tools) {
      const lists = settings.lists ? await tools.lookUp(questions) : [];
      const found: Fact = { value: true, detail: { lists } };
      // Who is on a list of the operator's own need not be asked about elsewhere.
      if (lists.length > 0) return { "stopforumspam.listed": found };
      if (!settings.api || Object.keys(query).length === 0)
        return { "stopforumspam.listed": { value: false } };
      return ask(tools, query, settings);
    },
  };
}

async function ask(
  { exchange }: Tools,
  query: Query,
  { baseUrl: base }: Settings,
): Promise<Record<string, Fact>> {
  // In the body, so that no log on the way holds an address.
  const body = new URLSearchParams({ ...query, json: "", confidence: "" }).toString();
  const answer = await exchange({
    method: "POST",
    url: `${base}/api`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  const entries = readEntries(answer, Object.keys(query));
  const listed = entries.filter(({ appears }) => appears);
  const confidences = listed.flatMap(({ confidence }) => confidence ?? []);
  return {
    "stopforumspam.listed": { value: listed.length > 0 },
    "stopforumspam.confidence": { value: Math.max(0, ...confidences) },
  };
}

const entrySchema = z.object({
  appears: z.union([z.literal(0), z.literal(1)]).transform((appears) => appears === 1),
  confidence: z.number().min(0).max(100).optional(),
});
const answerSchema = z.looseObject({ success: z.literal(1) });

/** One entry, or a list of them, for each thing asked. The service sends JSON under several content types. */
function readEntries({ text }: Answer, asked: string[]): z.infer<typeof entrySchema>[] {
  const answer = answerSchema.safeParse(parseJson(text)).data;
  if (!answer) throw new CheckFailure("parse", { detail: "not an answer of StopForumSpam" });
  const members = new Map(Object.entries(answer).map(([name, value]) => [name.toLowerCase(), value]));
  return asked.flatMap((name) => {
    const entries = z
      .array(entrySchema)
      .min(1)
      .safeParse([members.get(name)].flat()).data;
    if (!entries) throw new CheckFailure("parse", { detail: `no answer about ${name}` });
    return entries;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
