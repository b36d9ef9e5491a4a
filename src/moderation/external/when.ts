import type { Verdict } from "../decide.ts";
import type { Judgement } from "../judge.ts";
import type { CompiledPolicy } from "../policy.ts";
import { isHumanOnly } from "../reasons.ts";
import type { Evidence } from "../signal.ts";
import type { ActiveAdapter } from "./active.ts";

/**
 * Whom to ask about a comment, given what is known and decided without them: those whose facts a rule could still decide
 * by, and, unless they are always to be asked, only where the local scores are in doubt. What is spam or to be rejected
 * anyway, or what only people may decide, is nobody else's business.
 */
export function worthAsking(
  active: readonly ActiveAdapter[],
  { policy, evidence, decision }: Judgement,
): ActiveAdapter[] {
  // The sample shows people what a machine decides: they are to see it with all that it would know.
  const verdict = decision.sampled ?? decision;
  if (verdict.action === "spam" || verdict.action === "reject" || isHumanOnly(verdict.reason)) return [];
  const wanted = signalsThatMatter(policy, verdict);
  return active.filter((one) => wanted.has(one.adapter.name) && isInDoubt(one, evidence));
}

/**
 * The signals of the rules before the deciding one, shadow rules too: what comes after it changes nothing. Rules for what
 * only people may decide hold wherever they stand, and points count only while no rule has decided.
 */
function signalsThatMatter({ rules }: CompiledPolicy, { ruleId }: Verdict): Set<string> {
  const deciding = rules.findIndex(({ id }) => id === ruleId);
  const wanted = new Set<string>();
  for (const [index, { mode, action, reason, condition }] of rules.entries()) {
    const isBefore = deciding === -1 || (index < deciding && action !== null);
    const holdsAnyway = mode === "live" && reason !== null && isHumanOnly(reason);
    if (mode === "off" || !(isBefore || holdsAnyway)) continue;
    for (const fact of condition.facts) wanted.add(fact.slice(0, fact.indexOf(".")));
  }
  return wanted;
}

/** A score that is missing leaves everything in doubt. */
function isInDoubt({ adapter, bound }: ActiveAdapter, evidence: readonly Evidence[]): boolean {
  const { when, uncertainFrom, uncertainTo } = bound.common;
  if (when === "always") return true;
  return adapter.about.some((signal) => {
    const value = evidence.find(({ name }) => name === `${signal}.score`)?.value;
    return typeof value !== "number" || (value >= uncertainFrom && value <= uncertainTo);
  });
}
