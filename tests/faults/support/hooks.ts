import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { generateWebhookSecret } from "../../../src/webhooks/secret.ts";
import { type ReceivedRequest, startReceiver } from "../../support/receiver.ts";
import type { Published } from "./comments.ts";
import type { Random } from "./random.ts";

/** An integrator: takes events, is slow, fails at times, and keeps all it was sent. */
export type Hooks = AsyncDisposable & {
  url: string;
  secret: string;
  /** Comments it was told are published, once each. */
  published: Published[];
  /** By webhook-id. */
  received: Map<string, Received>;
  /** Requests that were not what they should be: a wrong signature, other bytes under the same id. */
  problems: string[];
};

type Received = { payload: string; requests: number; failed: number; accepted: number };

const DELAY_MS_MAX = 40;
const FAILURES_SHARE = 0.03;

const eventSchema = z.object({
  type: z.string(),
  data: z.object({ comment: z.object({ id: z.uuid() }), thread: z.object({ url: z.string() }) }),
});

export async function startHooks(random: Random): Promise<Hooks> {
  const secret = generateWebhookSecret();
  const webhook = new Webhook(secret);
  const received = new Map<string, Received>();
  const published: Published[] = [];
  const problems: string[] = [];

  const take = (request: ReceivedRequest): Received => {
    const id = String(request.headers["webhook-id"]);
    const payload = request.body.toString();
    const problem = problemOf(webhook, request);
    if (problem !== undefined) problems.push(`${id}: ${problem}`);
    const known = received.get(id);
    if (known === undefined) note(payload, published);
    else if (known.payload !== payload) problems.push(`${id}: other bytes the second time`);
    const entry = known ?? { payload, requests: 0, failed: 0, accepted: 0 };
    received.set(id, entry);
    entry.requests += 1;
    return entry;
  };

  const receiver = await startReceiver({
    respond(request) {
      const entry = take(request);
      const delayMs = random.between(1, DELAY_MS_MAX);
      // Only the first time: a third attempt would be owed in five minutes.
      const fails = entry.requests === 1 && random.next() < FAILURES_SHARE;
      if (fails) entry.failed += 1;
      else entry.accepted += 1;
      return fails ? { status: 500, body: "try again", delayMs } : { status: 204, delayMs };
    },
  });
  return {
    url: `${receiver.origin}/hook`,
    secret,
    published,
    received,
    problems,
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

function problemOf(webhook: Webhook, { body, headers }: ReceivedRequest): string | undefined {
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
  try {
    webhook.verify(body.toString(), Object.fromEntries(names.map((name) => [name, String(headers[name])])));
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function note(payload: string, published: Published[]): void {
  const { type, data } = eventSchema.parse(JSON.parse(payload));
  if (type === "comment.published") published.push({ id: data.comment.id, url: data.thread.url });
}

/** Events that came again although they had been taken: their worker died before it could write that down. */
export function countRepeats(hooks: Hooks): number {
  return [...hooks.received.values()].filter((entry) => entry.requests - entry.failed > 1).length;
}
