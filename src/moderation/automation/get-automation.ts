import type { Context } from "../../context.ts";
import type { Automation } from "../../sites/automation.ts";
import { loadSite, type Site, siteNotFound } from "../../sites/site.ts";
import { countPopulation, type Population } from "./cases.ts";
import { CHOICE_LIMITS } from "./choose.ts";
import { computeCurve, type CurvePoint, thin } from "./curve.ts";
import { readPastCases } from "./read-cases.ts";

export type AutomationView = {
  /** Null: everything is as the policy says, and the model alone decides nothing. */
  chosen: Automation | null;
  population: Population;
  /** Judged comments that a threshold must rest on. */
  casesMin: number;
  /** By threshold, the strictest first. */
  publish: CurvePoint[];
  spam: CurvePoint[];
};

const POINTS_MAX = 50;

/** How much the model could do alone, and how often moderators would have disagreed, from the site's own decisions. */
export async function getAutomation(ctx: Context, { id, key }: Site): Promise<AutomationView> {
  const [site, cases] = await Promise.all([loadSite(ctx.db, key), readPastCases(ctx, id)]);
  if (!site) throw siteNotFound();
  return {
    chosen: site.automation,
    population: countPopulation(cases),
    casesMin: CHOICE_LIMITS.casesMin,
    publish: thin(computeCurve("publish", cases), POINTS_MAX),
    spam: thin(computeCurve("spam", cases), POINTS_MAX),
  };
}
