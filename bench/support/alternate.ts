import { median } from "./load.ts";

/**
 * Runs each measurement in turn, `rounds` times over (A B A B A B), so that a machine that others slow down for a while
 * slows all of them.
 */
export async function alternate<Name extends string, Result>(
  rounds: number,
  measurements: Readonly<Record<Name, () => Promise<Result>>>,
): Promise<Record<Name, Result[]>> {
  const entries = Object.entries<() => Promise<Result>>(measurements);
  const results = new Map<string, Result[]>(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of entries) results.get(name)?.push(await measure());
  }
  return Object.fromEntries(results) as Record<Name, Result[]>;
}

/** The median of what `of` reads from each run. */
export function medianOf<Run>(runs: readonly Run[], of: (run: Run) => number): number {
  return median(runs.map((run) => of(run)));
}

/** The median of the ratios within each round: what the same minute of the same machine gave to both. */
export function medianRatio<Run>(
  measured: readonly Run[],
  beside: readonly Run[],
  of: (run: Run) => number,
): number {
  return median(measured.map((run, round) => of(run) / of(beside[round] ?? run)));
}
