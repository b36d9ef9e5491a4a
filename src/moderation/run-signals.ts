import { IS_OF_TYPE } from "./fact-type.ts";
import { type Evidence, type Fact, type Signal, SPANS_MAX, type Subject } from "./signal.ts";

/** All evidence about a comment, and how long each signal took. */
export type SignalRun = {
  evidence: Evidence[];
  /** Seconds by signal name; a signal that overran its deadline counts up to it. Empty unless the run was timed. */
  durations: Map<string, number>;
};

export type RunSignalsOptions = {
  /** Monotonic milliseconds, for the durations: without it the run is not timed. */
  nowMs?: () => number;
};

/**
 * Runs every signal on a comment. Never throws for a signal's sake: one that throws, overruns its deadline or gives a
 * fact that it did not declare leaves `unavailable` evidence with the reason. The deadline concerns signals that wait; one
 * that answers at once cannot be interrupted, and its answer is kept however long it took.
 */
export async function runSignals(
  signals: readonly Signal[],
  subject: Subject,
  { nowMs }: RunSignalsOptions = {},
): Promise<SignalRun> {
  const durations = new Map<string, number>();
  const results: (Evidence[] | Promise<Evidence[]>)[] = [];
  for (const signal of signals) {
    const startMs = nowMs?.() ?? 0;
    const result = startSignal(signal, subject);
    results.push(result);
    if (!nowMs) continue;
    const note = () => durations.set(signal.name, (nowMs() - startMs) / 1_000);
    if (result instanceof Promise) results[results.length - 1] = result.finally(note);
    else note();
  }
  const evidence: Evidence[] = [];
  for (const result of results) {
    for (const one of result instanceof Promise ? await result : result) evidence.push(one);
  }
  return { evidence, durations };
}

const ERROR_UNITS_MAX = 200;

function startSignal(signal: Signal, subject: Subject): Evidence[] | Promise<Evidence[]> {
  try {
    const facts = signal.run(subject);
    return facts instanceof Promise ? finishSignal(signal, facts) : finishEvidence(signal, facts);
  } catch (error) {
    return unavailableEvidence(signal, reasonOf(error));
  }
}

async function finishSignal(signal: Signal, pending: Promise<Record<string, Fact>>): Promise<Evidence[]> {
  const { promise: deadline, resolve: overrun } = Promise.withResolvers<undefined>();
  const timer = setTimeout(overrun, signal.deadlineMs);
  try {
    // A signal that fails after its deadline concerns nobody: the race has taken its rejection.
    const facts = await Promise.race([pending, deadline]);
    return facts === undefined ? unavailableEvidence(signal, "deadline") : finishEvidence(signal, facts);
  } catch (error) {
    return unavailableEvidence(signal, reasonOf(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Where facts come from, as far as evidence tells. */
type Source = Pick<Signal, "version" | "facts">;

/** Facts as evidence; one that was not declared, or is of another type, makes itself or all of them unavailable. */
export function finishEvidence(signal: Source, facts: Record<string, Fact>): Evidence[] {
  const evidence: Evidence[] = [];
  for (const name of Object.keys(facts)) {
    const fact = facts[name];
    const declared = signal.facts[name];
    if (fact === undefined || declared === undefined) {
      // A programming error: nothing that this signal says can be trusted.
      return unavailableEvidence(signal, `undeclared fact ${name}`);
    }
    evidence.push(
      IS_OF_TYPE[declared.type](fact.value)
        ? keep(signal, name, fact)
        : { name, version: signal.version, state: "unavailable", error: `not of type ${declared.type}` },
    );
  }
  return evidence;
}

function keep(signal: Source, name: string, { value, spans, detail }: Fact): Evidence {
  const evidence: Evidence = { name, version: signal.version, state: "ok", value };
  if (spans !== undefined && spans.length > 0) evidence.spans = spans.slice(0, SPANS_MAX);
  if (detail !== undefined) evidence.detail = detail;
  return evidence;
}

/** All that a source declares, as not to be had. */
export function unavailableEvidence({ facts, version }: Source, error: string): Evidence[] {
  return Object.keys(facts).map((name) => ({ name, version, state: "unavailable", error }));
}

function reasonOf(error: unknown): string {
  const reason =
    error instanceof Error ? `${error.name}: ${error.message}` : "threw something that is no error";
  return reason.slice(0, ERROR_UNITS_MAX);
}
