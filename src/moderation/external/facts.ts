import type { FactDeclaration } from "../signal.ts";
import type { AdapterName } from "./names.ts";

const score = (what: string): FactDeclaration => ({ type: "double", description: `${what}, 0 to 1` });

/** What each external check may tell. All are declared always, so that policies compile, and missing while a check is off. */
export const FACTS_OF_ADAPTER: Readonly<Record<AdapterName, Readonly<Record<string, FactDeclaration>>>> = {
  dnsbl: {
    "dnsbl.listed": {
      type: "list<string>",
      description: "Domains of links, website included, that a DNS list names",
    },
    "dnsbl.count": { type: "int", description: "How many those are" },
  },
  stopforumspam: {
    "stopforumspam.listed": {
      type: "bool",
      description: "StopForumSpam, or an imported list, knows the sender",
    },
    "stopforumspam.confidence": {
      type: "double",
      description: "How sure StopForumSpam is that the sender spams, 0 to 100; missing from imported lists",
    },
  },
  akismet: {
    "akismet.spam": {
      type: "bool",
      description: "Akismet takes it for spam; missing while Akismet is undecided",
    },
    "akismet.discard": { type: "bool", description: "Akismet takes it for spam not worth keeping" },
    "akismet.undecided": { type: "bool", description: "Akismet wants to be asked again later" },
  },
  moderationApi: {
    "moderationApi.flagged": { type: "bool", description: "The moderation service objects to it" },
    "moderationApi.categories": {
      type: "list<string>",
      description: "The categories it objects for, by its names",
    },
    "moderationApi.maxScore": score("The highest of all its scores"),
    "moderationApi.hate": score("Its score for hate"),
    "moderationApi.harassment": score("Its score for harassment"),
    "moderationApi.threat": score("Its score for threats: hateful or harassing, with a threat"),
    "moderationApi.selfHarm": score("Its score for self-harm"),
    "moderationApi.sexual": score("Its score for sexual content"),
    "moderationApi.violence": score("Its score for violence"),
  },
  policyModel: {
    "policyModel.violates": {
      type: "bool",
      description: "A language model finds that it breaks the written policy",
    },
    "policyModel.category": {
      type: "string",
      description: "Which part of the policy, of the categories configured; empty for none",
    },
    "policyModel.confidence": score("How sure the model is of its answer, where it tells"),
  },
};

export const EXTERNAL_FACTS: Readonly<Record<string, FactDeclaration>> = Object.assign(
  {},
  ...Object.values(FACTS_OF_ADAPTER),
);
