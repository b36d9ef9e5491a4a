import { LRUCache } from "lru-cache";
import type { Facts } from "./external-check.ts";

const ANSWERS_MAX = 10_000;

/** Answers of others by a keyed hash of the question, and the questions that are under way. */
export type AnswerCache = {
  find(key: string, nowMs: number): Facts | undefined;
  keep(key: string, facts: Facts, untilMs: number): void;
  /** Asks once for all that ask the same at the same time; they share the answer, or its failure. */
  share(key: string, ask: () => Promise<Facts>): Promise<Facts>;
};

export function createAnswerCache(): AnswerCache {
  const answers = new LRUCache<string, { facts: Facts; untilMs: number }>({ max: ANSWERS_MAX });
  const underWay = new Map<string, Promise<Facts>>();
  return {
    find(key, nowMs) {
      const answer = answers.get(key);
      return answer !== undefined && answer.untilMs > nowMs ? answer.facts : undefined;
    },
    keep: (key, facts, untilMs) => void answers.set(key, { facts, untilMs }),
    share(key, ask) {
      const asked = underWay.get(key);
      if (asked) return asked;
      const asking = ask().finally(() => underWay.delete(key));
      underWay.set(key, asking);
      return asking;
    },
  };
}
