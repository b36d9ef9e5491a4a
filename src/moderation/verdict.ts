import type { DecisionAction } from "../comments/status.ts";

/**
 * What moderators made of a text in the end: the last of their decisions about it that nobody took back. Holding it (again)
 * leaves the question open, and a rejection because its author was banned says nothing about the text: neither is a verdict.
 */
export const VERDICTS = ["publish", "reject", "spam"] as const satisfies readonly DecisionAction[];
export type Verdict = (typeof VERDICTS)[number];

/**
 * Whether moderators agreed: both let it onto the page, or both kept it off. A hold was right when the moderator then kept the
 * comment off; one that was published in the end had cost work for nothing.
 */
export function agrees(action: DecisionAction, verdict: Verdict): boolean {
  return (action === "publish") === (verdict === "publish");
}
