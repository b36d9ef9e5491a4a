import type { Signal } from "../signal.ts";
import { modelFacts, SPAM_FACTS } from "./model-facts.ts";

/** What the learned model thinks of the comment as spam. Missing when the model does not know its language or letters. */
export const spamSignal: Signal = {
  name: "spam",
  version: 1,
  deadlineMs: 50,
  facts: {
    "spam.score": {
      type: "double",
      description: "Probability that it is spam, 0 to 1, by the learned model",
    },
  },
  run: (subject) => modelFacts(subject, SPAM_FACTS),
};
