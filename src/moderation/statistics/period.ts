import { z } from "zod";
import { uuidFloor } from "../../ids.ts";

const DAY_MS = 86_400_000;
const STATISTICS_LIMITS = { daysMax: 366, daysDefault: 30 } as const;

/** Days in UTC, as `YYYY-MM-DD`, both of them within it. */
export type Period = { from: string; to: string };

/** The latest {@link STATISTICS_LIMITS}.daysDefault days unless told otherwise. */
export const periodQuery = z
  .object({ from: z.iso.date().optional(), to: z.iso.date().optional() })
  .check(({ value: { from, to }, issues }) => {
    if (from === undefined || to === undefined) return;
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
    const problem = (message: string) =>
      issues.push({ code: "custom", input: from, path: ["from"], message });
    if (days < 1) problem("is after to");
    else if (days > STATISTICS_LIMITS.daysMax) problem(`${STATISTICS_LIMITS.daysMax} days at most`);
  });

/** What is left out is filled in: up to today, and so many days back. Never further than to today. */
export function toPeriod(query: z.infer<typeof periodQuery>, now: Date): Period {
  const today = toDay(now.getTime());
  const asked = query.to ?? today;
  const { daysMax, daysDefault } = STATISTICS_LIMITS;
  const to = asked > today ? today : asked;
  const start = toDay(Date.parse(to) - (daysDefault - 1) * DAY_MS);
  const earliest = toDay(Date.parse(to) - (daysMax - 1) * DAY_MS);
  const from = query.from ?? start;
  return { from: from > to ? to : from < earliest ? earliest : from, to };
}

/** The ids born within a period. */
export function idsOf({ from, to }: Period): { fromId: string; toId: string } {
  return { fromId: uuidFloor(Date.parse(from)), toId: uuidFloor(Date.parse(to) + DAY_MS) };
}

/** The last day that nothing can be added to any more: ids carry the time before the commit, which may take a while. */
export function lastClosedDay(now: Date): string {
  return toDay(now.getTime() - COMMIT_MS_MAX - DAY_MS);
}

const COMMIT_MS_MAX = 600_000;

export function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
