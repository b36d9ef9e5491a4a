import type { DecisionAction } from "../../comments/status.ts";
import type { Context } from "../../context.ts";
import { excerpt } from "../review/present.ts";
import { findBeginnings } from "../store/backtest.ts";
import type { Verdict } from "../verdict.ts";

/** What was, or would be, done to a comment, and the rule that decided (`otherwise`: none did). */
export type Outcome = { action: DecisionAction; rule: string };

/** A comment to look at. */
export type Example = {
  commentId: string;
  /** The text that was decided upon. */
  revision: number;
  before: Outcome;
  after: Outcome;
  verdict: Verdict | null;
};

export type ShownExample = Example & {
  /** Where everything about it is. */
  review: string;
  /** The beginning of the text; null when it is gone. */
  excerpt: string | null;
};

/** Keeps the first few, and of those rather what moderators have decided upon than what nobody has. */
export function keepExample(kept: Example[], example: Example, max: number): void {
  if (kept.length < max) {
    kept.push(example);
    return;
  }
  if (example.verdict === null) return;
  const place = kept.findLastIndex(({ verdict }) => verdict === null);
  if (place !== -1) kept[place] = example;
}

const EXCERPT_CHARS_MAX = 301;

/** How to show examples: their texts are read together, in one query. */
export async function readExamples(
  ctx: Pick<Context, "db">,
  examples: readonly Example[],
): Promise<(example: Example) => ShownExample> {
  const wanted = new Map(examples.map((one) => [keyOf(one.commentId, one.revision), one]));
  const texts = [...wanted.values()].map(({ commentId: id, revision }) => ({ id, revision }));
  const found = await findBeginnings(ctx.db, texts, EXCERPT_CHARS_MAX);
  const bodies = new Map(found.map(({ id, revision, body }) => [keyOf(id, revision), body]));
  return (example) => {
    const body = bodies.get(keyOf(example.commentId, example.revision));
    return {
      ...example,
      review: `/v1/review/comments/${example.commentId}`,
      excerpt: body === undefined ? null : excerpt(body),
    };
  };
}

function keyOf(id: string, revision: number): string {
  return `${id} ${revision}`;
}
