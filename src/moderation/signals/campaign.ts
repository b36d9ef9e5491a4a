import type { Signal, Subject } from "../signal.ts";
import { findLinks } from "../text/links.ts";
import { toAsciiHost } from "./domain-list.ts";

const MINUTE_MS = 60_000;
const HOSTS_MAX = 50;

/** The campaign a comment belongs to, that is nearly the same text from several people, and what was decided about it. */
export const campaignSignal: Signal = {
  name: "campaign",
  version: 1,
  deadlineMs: 50,
  facts: {
    "campaign.size": {
      type: "int",
      description: "Comments of its campaign so far, itself included; 0 when it belongs to none",
    },
    "campaign.authors": { type: "int", description: "Authors of those comments" },
    "campaign.threads": { type: "int", description: "Articles that they stand under" },
    "campaign.decision": {
      type: "string",
      description:
        "What a moderator decided is to become of the campaign's further comments: publish, hold, reject or spam; none when " +
        "nothing was decided or its end has come",
    },
    "campaign.id": { type: "string", description: "The campaign; not known when it belongs to none" },
    "campaign.ageMinutes": {
      type: "int",
      description: "Minutes since its first comment; not known when it belongs to none",
    },
    "campaign.similarity": {
      type: "double",
      description:
        "How much of the text its nearest earlier comment has, 0 to 1; not known when it belongs to none",
    },
    "campaign.newHosts": {
      type: "list<string>",
      description:
        "Hosts it links to, website included, and that the campaign did not when it was decided; not known without a decision",
    },
    "campaign.sameAsPublished": {
      type: "bool",
      description:
        "A published comment of the campaign has the very words; known once it was decided to publish them",
    },
  },
  run(subject) {
    const { campaign } = subject;
    if (campaign === null) return NO_CAMPAIGN;
    const { id, actId, size, authors, threads, decision } = campaign;
    return {
      "campaign.size": { value: size },
      "campaign.authors": { value: authors },
      "campaign.threads": { value: threads },
      "campaign.decision": {
        value: decision,
        ...(actId !== null && { detail: { campaign: id, act: actId } }),
      },
      "campaign.id": { value: id },
      "campaign.ageMinutes": { value: Math.floor(campaign.ageMs / MINUTE_MS) },
      "campaign.similarity": { value: Math.round(campaign.similarity * 100) / 100 },
      ...(decision !== "none" && { "campaign.newHosts": { value: newHosts(subject, campaign.hosts) } }),
      ...(decision === "publish" && { "campaign.sameAsPublished": { value: campaign.isSameAsPublished } }),
    };
  },
};

const NO_CAMPAIGN = {
  "campaign.size": { value: 0 },
  "campaign.authors": { value: 0 },
  "campaign.threads": { value: 0 },
  "campaign.decision": { value: "none" },
};

function newHosts(subject: Subject, known: readonly string[]): string[] {
  const hosts = linkedHosts(subject.text, subject.comment.website).filter((host) => !known.includes(host));
  return hosts.slice(0, HOSTS_MAX);
}

/** The hosts that a comment links to, its author's website included, in ASCII. */
export function linkedHosts(text: Subject["text"], website: string | null): string[] {
  const hosts = findLinks(text).links.map(({ host }) => host);
  if (website !== null && URL.canParse(website)) hosts.push(new URL(website).host);
  return [...new Set(hosts.map((host) => toAsciiHost(host)))].toSorted();
}
