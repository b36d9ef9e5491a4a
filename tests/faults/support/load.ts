import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { createComment, FAULT_ORIGIN, type Intended, type Published } from "./comments.ts";
import type { Random } from "./random.ts";

export type Acknowledged = { id: string; comment: Intended };

/** Callers that post one comment after another, each until it is taken, whatever becomes of the service meanwhile. */
export type Load = {
  /** Every comment answered with 202. */
  acknowledged: Acknowledged[];
  /** Requests without an answer so far. */
  readonly inFlight: number;
  /** What callers met before their comments were taken. */
  met: {
    /** Nobody listened. */
    refused: number;
    /** The connection ended before the answer. */
    cut: number;
    /** 503 as problem+json. */
    unavailable: number;
  };
  /** Answers that no fault excuses, and requests without one. */
  unexpected: string[];
  /** Resolves when all that was begun is taken. @throws when that takes too long. */
  stop(): Promise<void>;
};

export type LoadOptions = {
  origin: string;
  site: string;
  random: Random;
  callers?: number;
  /** The longest a caller thinks between two comments. */
  pauseMsMax?: number;
  /** Comments that may be replied to by now. */
  published: readonly Published[];
};

const CALLERS = 12;
const PAUSE_MS_MAX = 500;
const RETRY_MS_MAX = 100;
/** No fault excuses leaving a caller without any answer. */
const REQUEST_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 60_000;

const acceptedSchema = z.object({ id: z.uuid(), status: z.string() });
const problemSchema = z.object({
  status: z.literal(503),
  code: z.literal("unavailable"),
  requestId: z.string(),
});

export function startLoad(options: LoadOptions): Load {
  const { random, callers = CALLERS, pauseMsMax = PAUSE_MS_MAX } = options;
  const stopping = new AbortController();
  const acknowledged: Acknowledged[] = [];
  const load = {
    acknowledged,
    inFlight: 0,
    met: { refused: 0, cut: 0, unavailable: 0 },
    unexpected: [] as string[],
  };
  let count = 0;

  const call = async () => {
    while (!stopping.signal.aborted && load.unexpected.length === 0) {
      count += 1;
      await postUntilTaken(load, options, createComment(count, random, options.published));
      await sleep(random.between(0, pauseMsMax));
    }
  };
  const done = Promise.all(Array.from({ length: callers }, call));
  return Object.assign(load, {
    async stop() {
      stopping.abort();
      const late = sleep(STOP_TIMEOUT_MS, true, { ref: false });
      if (await Promise.race([done.then(() => false), late])) {
        load.unexpected.push(`not taken within ${STOP_TIMEOUT_MS} ms`);
      }
    },
  });
}

type State = Omit<Load, "stop" | "inFlight"> & { inFlight: number };

async function postUntilTaken(load: State, options: LoadOptions, comment: Intended): Promise<void> {
  const key = randomUUID();
  for (;;) {
    const outcome = await post(load, options, { comment, key });
    if (typeof outcome === "object") {
      load.acknowledged.push({ id: outcome.id, comment });
      return;
    }
    if (outcome === "unexpected") return;
    load.met[outcome] += 1;
    await sleep(options.random.between(1, RETRY_MS_MAX));
  }
}

type Outcome = { id: string } | "refused" | "cut" | "unavailable" | "unexpected";

async function post(
  load: State,
  { origin, site }: LoadOptions,
  { comment, key }: { comment: Intended; key: string },
): Promise<Outcome> {
  const { expected, ...fields } = comment;
  load.inFlight += 1;
  try {
    const response = await fetch(`${origin}/v1/sites/${site}/comments`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key, Origin: FAULT_ORIGIN },
      body: JSON.stringify(fields),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    const outcome = judge(response, text);
    if (outcome === "unexpected")
      load.unexpected.push(`${response.status} to ${expected}: ${text.slice(0, 300)}`);
    return outcome;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ECONNREFUSED") return "refused";
    if (code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET") return "cut";
    load.unexpected.push(`no answer: ${String(error)} ${code}`);
    return "unexpected";
  } finally {
    load.inFlight -= 1;
  }
}

function judge(response: Response, text: string): Outcome {
  if (response.status === 202) return acceptedSchema.parse(JSON.parse(text));
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json") ?? false;
  if (response.status !== 503 || !isProblem) return "unexpected";
  return problemSchema.safeParse(JSON.parse(text)).success ? "unavailable" : "unexpected";
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
