import type { Fact, Signal, Subject } from "../signal.ts";
import { normaliseText, spansInBody } from "../text.ts";
import { compilePhrases, findPhrases, type PhraseMatcher } from "../text/phrase-matcher.ts";
import { isOnDomainList } from "./domain-list.ts";

/** The site's own lists of words, addresses and networks. Domains are the `links` signal's. */
export const listsSignal: Signal = {
  name: "lists",
  version: 1,
  deadlineMs: 50,
  facts: {
    "lists.blockedWord": {
      type: "list<string>",
      description: "Entries of the blocked words found in the comment or the author's name, disguises undone",
    },
    "lists.watchedWord": {
      type: "list<string>",
      description: "Entries of the watched words found in the comment or the author's name, disguises undone",
    },
    "lists.blockedEmail": {
      type: "bool",
      description: "The author's e-mail address or its domain is blocked",
    },
    "lists.blockedIp": { type: "bool", description: "The sender's IP address is in a blocked range" },
  },
  run(subject) {
    const { lists } = subject.site;
    return {
      "lists.blockedWord": findWords(lists.blockedWords, subject),
      "lists.watchedWord": findWords(lists.watchedWords, subject),
      "lists.blockedEmail": { value: isBlockedEmail(lists.blockedEmails, subject.email) },
      "lists.blockedIp": { value: subject.request.ipListEntry !== null },
    };
  },
};

function findWords(entries: string[], { comment, text }: Subject): Fact {
  if (entries.length === 0) return { value: [] };
  const matcher = getMatcher(entries);
  const inBody = findPhrases(matcher, text);
  const inName = findPhrases(matcher, normaliseText(comment.name));
  if (inBody.length === 0 && inName.length === 0) return { value: [] };
  const fact: Fact = { value: [...new Set([...inBody, ...inName].map((match) => match.entry))] };
  if (inBody.length > 0) fact.spans = spansInBody(text, inBody);
  if (inName.length > 0) fact.detail = { inName: [...new Set(inName.map((match) => match.entry))] };
  return fact;
}

/** Compiled once per list: a site's settings are the same object from comment to comment. */
const matchers = new WeakMap<string[], PhraseMatcher>();

function getMatcher(entries: string[]): PhraseMatcher {
  let matcher = matchers.get(entries);
  if (matcher === undefined) {
    matcher = compilePhrases(entries);
    matchers.set(entries, matcher);
  }
  return matcher;
}

type EmailList = { addresses: ReadonlySet<string>; domains: ReadonlySet<string> };
const emailLists = new WeakMap<string[], EmailList>();

/** A tag does not get around the list: an entry for name@host also blocks name+tag@host. */
function isBlockedEmail(entries: string[], email: string): boolean {
  if (entries.length === 0) return false;
  const { addresses, domains } = getEmailList(entries);
  const address = email.trim().toLowerCase();
  const at = address.lastIndexOf("@");
  if (isOnDomainList(domains, address.slice(at + 1))) return true;
  return (
    addresses.has(address) || addresses.has(address.slice(0, at).replace(/\+.*$/su, "") + address.slice(at))
  );
}

function getEmailList(entries: string[]): EmailList {
  let list = emailLists.get(entries);
  if (list === undefined) {
    const all = entries.map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== "");
    list = {
      addresses: new Set(all.filter(isAddress)),
      domains: new Set(all.filter((entry) => !isAddress(entry)).map((entry) => entry.replace(/^@/u, ""))),
    };
    emailLists.set(entries, list);
  }
  return list;
}

/** Else it is `@domain`, or a domain without the sign. */
function isAddress(entry: string): boolean {
  return entry.indexOf("@") > 0;
}
