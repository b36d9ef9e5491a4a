import type { FactDeclaration, Signal } from "../signal.ts";
import { EXTERNAL_FACTS } from "../external/facts.ts";
import { authorSignal } from "./author.ts";
import { campaignSignal } from "./campaign.ts";
import { automationSignal } from "./automation.ts";
import { emailSignal } from "./email.ts";
import { floodSignal } from "./flood.ts";
import { formSignal } from "./form.ts";
import { languageSignal } from "./language.ts";
import { linksSignal } from "./links.ts";
import { listsSignal } from "./lists.ts";
import { personalSignal } from "./personal.ts";
import { repeatsSignal } from "./repeats.ts";
import { spamSignal } from "./spam.ts";
import { styleSignal } from "./style.ts";
import { toxicitySignal } from "./toxicity.ts";

/** The signals that every check runs, cheapest first. */
export const SIGNALS: readonly Signal[] = [
  formSignal,
  floodSignal,
  authorSignal,
  repeatsSignal,
  campaignSignal,
  emailSignal,
  linksSignal,
  listsSignal,
  personalSignal,
  styleSignal,
  languageSignal,
  spamSignal,
  toxicitySignal,
  automationSignal,
];

/** What all of them may find, and what others may be asked, for the policy's type-checker. */
export const FACTS: Readonly<Record<string, FactDeclaration>> = {
  ...Object.fromEntries(SIGNALS.flatMap((signal) => Object.entries(signal.facts))),
  ...EXTERNAL_FACTS,
};
