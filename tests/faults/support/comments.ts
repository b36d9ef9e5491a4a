import type { CommentStatus } from "../../../src/comments/status.ts";
import { cleanBody } from "../../support/fixtures.ts";
import type { Random } from "./random.ts";

/** A comment that a caller means to post; its body occurs once in a world. */
export type Intended = {
  name: string;
  email: string;
  body: string;
  url: string;
  parentId: string | null;
  /** What {@link FAULT_POLICY} makes of it. */
  expected: Exclude<CommentStatus, "pending" | "removed">;
};

/** Judges by the text alone, so that what becomes of a comment does not depend on when it is checked. */
export const FAULT_POLICY = `
version: 1
name: faults
description: Judges by the text alone.
rules:
  - id: blocked-word
    description: It contains words on the site's block list
    when: lists.blockedWord.size() > 0
    then: reject
    reason: blocked_word
  - id: three-links
    description: It contains three links
    when: links.count >= 3
    then: spam
    reason: links
  - id: two-links
    description: It contains two links
    when: links.count == 2
    then: hold
    reason: links
otherwise: publish
`;

export const FAULT_ORIGIN = "https://paper.example";
export const FAULT_LISTS = { blockedWords: ["casino"] };

const AUTHORS = 40;
const ARTICLES = 5;
const KINDS = ["published", "published", "published", "published", "held", "spam", "rejected"] as const;
const REPLIES_SHARE = 0.2;

/** @param published comments that a reply may be to */
export function createComment(n: number, random: Random, published: readonly Published[]): Intended {
  const expected = random.pick(KINDS);
  const author = random.between(1, AUTHORS);
  const parent =
    random.next() < REPLIES_SHARE ? published[random.between(0, published.length - 1)] : undefined;
  return {
    name: `Reader ${author}`,
    email: `reader${author}@readers.example`,
    body: `${cleanBody(n)}${ENDINGS[expected](n)}`,
    url: parent?.url ?? `${FAULT_ORIGIN}/2026/article-${random.between(1, ARTICLES)}`,
    parentId: parent?.id ?? null,
    expected,
  };
}

export type Published = { id: string; url: string };

const link = (n: number) => ` https://site${n}.example/page`;

const ENDINGS: Record<Intended["expected"], (n: number) => string> = {
  published: () => "",
  held: (n) => link(n) + link(n + 1),
  spam: (n) => link(n) + link(n + 1) + link(n + 2),
  rejected: () => " Visit our casino.",
};
