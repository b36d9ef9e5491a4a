import type { Context } from "../../context.ts";
import { uuidFloor } from "../../ids.ts";
import { type CaseRow, readCases } from "../store/automation.ts";
import { SAMPLE_RULE } from "../policy/document.ts";
import { isHumanOnly } from "../reasons.ts";
import { type Verdict, VERDICTS } from "../verdict.ts";
import type { Case, Stratum } from "./cases.ts";

/** How far back: long enough for a small site, and no longer than the texts of a site stay alike. */
const DAYS_MAX = 180;
const DECISIONS_MAX = 20_000;
const DAY_MS = 86_400_000;

/** The past of a site that its automation is judged by: at most 20,000 decisions of 180 days; under a second. */
export async function readPastCases(ctx: Context, siteId: number): Promise<Case[]> {
  const fromId = uuidFloor(ctx.clock.nowMs() - DAYS_MAX * DAY_MS);
  const rows = await readCases(ctx.db, { siteId, fromId, limit: DECISIONS_MAX });
  const verdicts = countOnce(rows);
  return rows.map((row, index) => ({
    stratum: stratumOf(row),
    action: row.action,
    spam: row.spam,
    toxicity: row.toxicity,
    verdict: verdicts[index] ?? null,
  }));
}

/** Five hundred copies of one text, decided with one act, are one case: of each flood the latest counts. */
function countOnce(rows: readonly CaseRow[]): (Verdict | null)[] {
  const counted = new Set<string>();
  return rows.map(({ verdict, flood }) => {
    const found = VERDICTS.find((one) => one === verdict) ?? null;
    if (found === null || flood === null) return found;
    if (counted.has(flood)) return null;
    counted.add(flood);
    return found;
  });
}

function stratumOf({ action, reason }: Pick<CaseRow, "action" | "reason">): Stratum {
  if (isHumanOnly(reason)) return "reserved";
  if (reason === SAMPLE_RULE) return "sampled";
  return action === "hold" ? "held" : "automatic";
}
