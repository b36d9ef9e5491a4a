import type { Automation, AutomationThreshold } from "../../sites/automation.ts";
import type { Fact, Signal } from "../signal.ts";

/**
 * The thresholds from which on the site's editors leave the decision to the model (`PUT /v1/sites/{site}/automation`). With the
 * evidence, so that a decision can be told, and made again, whatever is chosen later. Missing while nothing is chosen.
 */
export const automationSignal: Signal = {
  name: "automation",
  version: 1,
  deadlineMs: 50,
  facts: {
    "automation.publishBelow": {
      type: "double",
      description: "Scores below this are published alone, by the agreement that the editors chose",
    },
    "automation.spamFrom": {
      type: "double",
      description: "A spam score from this on is spam alone, by the agreement that the editors chose",
    },
  },
  run: ({ site }) => automationFacts(site.automation),
};

export function automationFacts(automation: Automation | null): Record<string, Fact> {
  if (automation === null) return {};
  const { publishBelow, spamFrom, publishAgreement, spamAgreement, computedAt } = automation;
  const facts: Record<string, Fact> = {};
  const add = (name: string, { value, cases }: AutomationThreshold, agreement: number | null) => {
    if (value !== null) facts[name] = { value, detail: { agreement, cases, computedAt } };
  };
  add("automation.publishBelow", publishBelow, publishAgreement);
  add("automation.spamFrom", spamFrom, spamAgreement);
  return facts;
}
