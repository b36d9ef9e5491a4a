export type LoadResult = { perSecond: number; p50Ms: number; p99Ms: number; count: number; refused: number };

export type LoadOptions = { callers: number; seconds: number; countMax?: number };

/** Calls `work` from `callers` loops at once for a number of seconds or calls, whichever ends first. */
export async function runLoad(
  options: LoadOptions,
  work: (index: number, caller: number) => Promise<boolean>,
): Promise<LoadResult> {
  const times: number[] = [];
  let index = 0;
  let refused = 0;
  const started = performance.now();
  const until = started + options.seconds * 1_000;
  const countMax = options.countMax ?? Number.POSITIVE_INFINITY;
  const call = async (_: unknown, caller: number) => {
    while (performance.now() < until && index < countMax) {
      const at = performance.now();
      const done = await work(index++, caller);
      if (done) times.push(performance.now() - at);
      else refused += 1;
    }
  };
  await Promise.all(Array.from({ length: options.callers }, call));
  const seconds = (performance.now() - started) / 1_000;
  if (refused > times.length / 100)
    throw new Error(`${refused} of ${refused + times.length} calls were refused.`);
  return { perSecond: times.length / seconds, ...percentiles(times), count: times.length, refused };
}

export function percentiles(times: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
