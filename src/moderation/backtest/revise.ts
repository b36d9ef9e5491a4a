import type { Automation } from "../../sites/automation.ts";
import { type SiteModel, viewComment } from "../model-view.ts";
import type { Evidence } from "../signal.ts";
import { automationFacts, automationSignal } from "../signals/automation.ts";
import { SPAM_FACTS, TOXICITY_FACTS } from "../signals/model-facts.ts";
import { spamSignal } from "../signals/spam.ts";
import { toxicitySignal } from "../signals/toxicity.ts";
import type { PastTextRow } from "../store/backtest.ts";
import { normaliseText } from "../text.ts";

/** Evidence of one or two signals, made anew for a text of the past. */
export type Revision = {
  /** Whose evidence it takes the place of. */
  signals: readonly string[];
  /** Whether it reads the text; if so, decisions whose text is gone are left out. */
  needsText: boolean;
  revise: (text: PastText) => Evidence[];
};
export type PastText = { body: string; name: string; website: string | null };

/** The text of a decision, if it is still there. */
export function textOf({ body, name, website }: Partial<PastTextRow>): PastText | undefined {
  return body == null || name == null ? undefined : { body, name, website: website ?? null };
}

/** The evidence with some signals' part of it made anew; undefined when that needs a text that is gone. */
export function reviseEvidence(
  evidence: readonly Evidence[],
  revisions: readonly Revision[],
  text: PastText | undefined,
): Evidence[] | undefined {
  const replaced = new Set(revisions.flatMap(({ signals }) => signals));
  const revised = evidence.filter(({ name }) => !replaced.has(name.slice(0, name.indexOf("."))));
  for (const { needsText, revise } of revisions) {
    if (needsText && text === undefined) return undefined;
    revised.push(...revise(text ?? NO_TEXT));
  }
  return revised;
}

const NO_TEXT: PastText = { body: "", name: "", website: null };

/** The scores that a version of the model gives today; without the pieces of text that moved them. */
export function rescoreWith(model: SiteModel): Revision {
  const facts = [
    ...SPAM_FACTS.map(([name, task]) => ({ name, task, version: spamSignal.version })),
    ...TOXICITY_FACTS.map(([name, task]) => ({ name, task, version: toxicitySignal.version })),
  ];
  return {
    signals: [spamSignal.name, toxicitySignal.name],
    needsText: true,
    revise({ body, name: author, website }) {
      const view = viewComment(model, { text: normaliseText(body), name: author, website });
      return facts.flatMap(({ name, task, version }): Evidence[] => {
        const score = view.scoreOf(task);
        return score === null ? [] : [{ name, version, state: "ok", value: score.probability }];
      });
    },
  };
}

/** The thresholds that the editors have chosen by now. */
export function automateAsToday(automation: Automation | null): Revision {
  const { name: signal, version } = automationSignal;
  const evidence = Object.entries(automationFacts(automation)).map(([name, { value }]): Evidence => ({
    name,
    version,
    state: "ok",
    value,
  }));
  return { signals: [signal], needsText: false, revise: () => evidence };
}
