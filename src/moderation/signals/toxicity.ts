import type { Signal } from "../signal.ts";
import { modelFacts, TOXICITY_FACTS } from "./model-facts.ts";

/**
 * What the learned model thinks of the comment's tone; the attributes are those of Perspective
 * (https://developers.perspectiveapi.com). Missing when the model does not know its language or letters.
 */
export const toxicitySignal: Signal = {
  name: "toxicity",
  version: 1,
  deadlineMs: 50,
  facts: {
    "toxicity.score": {
      type: "double",
      description: "Probability that it is rude enough to drive people away, 0 to 1, by the learned model",
    },
    "toxicity.insult": { type: "double", description: "Probability that it insults someone, 0 to 1" },
    "toxicity.threat": { type: "double", description: "Probability that it threatens someone, 0 to 1" },
    "toxicity.identityAttack": {
      type: "double",
      description: "Probability that it attacks people for who they are, 0 to 1",
    },
    "toxicity.obscene": { type: "double", description: "Probability that it is obscene, 0 to 1" },
  },
  run: (subject) => modelFacts(subject, TOXICITY_FACTS),
};
