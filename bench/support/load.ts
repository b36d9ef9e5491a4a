import { Agent, request } from "undici";

export type LoadResult = { perSecond: number; p50Ms: number; p99Ms: number; count: number; refused: number };

/** Calls `work` from `callers` loops at once for a number of calls or seconds, whichever ends first. */
export async function runLoad(
  options: { callers: number; seconds: number; countMax?: number },
  work: (index: number) => Promise<boolean>,
): Promise<LoadResult> {
  const times: number[] = [];
  let index = 0;
  let refused = 0;
  const started = performance.now();
  const until = started + options.seconds * 1_000;
  const caller = async () => {
    while (performance.now() < until && index < (options.countMax ?? Number.POSITIVE_INFINITY)) {
      index += 1;
      const at = performance.now();
      if (await work(index)) times.push(performance.now() - at);
      else refused += 1;
    }
  };
  await Promise.all(Array.from({ length: options.callers }, caller));
  const seconds = (performance.now() - started) / 1_000;
  return { perSecond: times.length / seconds, ...percentiles(times), count: times.length, refused };
}

export function percentiles(times: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** One connection per caller, kept alive, as a load generator should have. */
export function createClient(origin: string, callers: number) {
  const agent = new Agent({ connections: callers, pipelining: 1 });
  return {
    async post(
      path: string,
      json: unknown,
      headers: Record<string, string> = {},
    ): Promise<{ status: number; body: string }> {
      const response = await request(new URL(path, origin), {
        method: "POST",
        dispatcher: agent,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(json),
      });
      return { status: response.statusCode, body: await response.body.text() };
    },
    async get(path: string): Promise<{ status: number; bytes: number }> {
      const response = await request(new URL(path, origin), { dispatcher: agent });
      return { status: response.statusCode, bytes: (await response.body.arrayBuffer()).byteLength };
    },
    close: () => agent.close(),
  };
}
