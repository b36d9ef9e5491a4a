import { z } from "zod";
import { DECISION_ACTIONS } from "../comments/status.ts";
import { type Decision, RULE_OUTCOMES, type RuleTrace } from "./decide.ts";
import { REASON_CODES } from "./reasons.ts";
import type { Evidence } from "./signal.ts";

// Evidence and trace are kept with every automatic decision, so their form is short: names once, defaults left out.
// Some fifty facts and forty rules are then about 2 kB rather than 9, most of what a decision costs the database.

/** The stored form of evidence: values by fact, versions by signal, and apart from them what few facts have. */
export type EvidenceRecord = z.infer<typeof evidenceRecord>;

const factValue = z.union([z.number(), z.boolean(), z.string(), z.array(z.string())]);
const span = z.object({ start: z.number(), end: z.number() });

const evidenceRecord = z.object({
  values: z.record(z.string(), factValue),
  versions: z.record(z.string(), z.number()),
  more: z
    .record(
      z.string(),
      z.object({
        spans: z.array(span).exactOptional(),
        detail: z.record(z.string(), z.unknown()).exactOptional(),
      }),
    )
    .exactOptional(),
  /** Facts that could not be had, and why. */
  down: z.record(z.string(), z.string()).exactOptional(),
});

/**
 * A rule that simply did not match is one word: its action, a tilde when it is in shadow mode, its id (`hold ~new-rule`). What
 * is about the decision as a whole comes last, if there is anything to say.
 */
export type TraceRecord = (string | RuleTrace | Whole)[];
type Whole = { score?: NonNullable<Decision["score"]>; sampled?: NonNullable<Decision["sampled"]> };

const whole = z.strictObject({
  score: z
    .object({ total: z.number(), withShadow: z.number(), groups: z.record(z.string(), z.number()) })
    .exactOptional(),
  sampled: z
    .object({
      action: z.enum(DECISION_ACTIONS),
      ruleId: z.string().nullable(),
      reason: z.enum(REASON_CODES),
      priority: z.number(),
    })
    .exactOptional(),
});
const traceAction = z.enum([...DECISION_ACTIONS, "score"]);

const traceRecord = z.array(
  z.union([
    z.string(),
    whole,
    z.looseObject({
      id: z.string(),
      mode: z.enum(["live", "shadow"]),
      outcome: z.enum(RULE_OUTCOMES),
      action: traceAction,
      facts: z.array(z.string()),
      points: z.number().exactOptional(),
      lacking: z.array(z.string()).exactOptional(),
      error: z.string().exactOptional(),
      description: z.string().exactOptional(),
    }),
  ]),
);

export function packEvidence(evidence: readonly Evidence[]): EvidenceRecord {
  const record: EvidenceRecord = { values: {}, versions: {} };
  for (const { name, version, value, spans, detail, error } of evidence) {
    record.versions[signalOf(name)] = version;
    if (value === undefined) (record.down ??= {})[name] = error ?? "unavailable";
    else record.values[name] = value;
    if (!spans?.length && !detail) continue;
    const more = { ...(spans?.length ? { spans } : {}), ...(detail ? { detail } : {}) };
    (record.more ??= {})[name] = more;
  }
  return record;
}

export function packTrace(trace: readonly RuleTrace[]): TraceRecord {
  return trace.map((entry) => {
    if (entry.outcome !== "not_matched") return entry;
    return `${entry.action} ${entry.mode === "shadow" ? "~" : ""}${entry.id}`;
  });
}

/** The trace with what is about the decision as a whole. */
export function packDecision({ trace, score, sampled }: Decision): TraceRecord {
  const about: Whole = { ...(score && { score }), ...(sampled && { sampled }) };
  return Object.keys(about).length === 0 ? packTrace(trace) : [...packTrace(trace), about];
}

/** What {@link packDecision} kept beside the trace. */
export function unpackWhole(stored: unknown): Pick<Decision, "score" | "sampled"> {
  const last = whole.safeParse(Array.isArray(stored) ? stored.at(-1) : undefined).data;
  return { score: last?.score ?? null, sampled: last?.sampled ?? null };
}

/** Evidence as it was decided upon; undefined for a record that cannot be read (any more). */
export function unpackEvidence(stored: unknown): Evidence[] | undefined {
  const record = evidenceRecord.safeParse(stored).data;
  if (!record) return undefined;
  const versionOf = (name: string) => record.versions[signalOf(name)] ?? 0;
  const known = Object.entries(record.values).map(([name, value]): Evidence => {
    const found: Evidence = { name, version: versionOf(name), state: "ok", value };
    return Object.assign(found, record.more?.[name]);
  });
  const down = Object.entries(record.down ?? {}).map(([name, error]): Evidence => ({
    name,
    version: versionOf(name),
    state: "unavailable",
    error,
  }));
  return [...known, ...down];
}

/** The trace of every rule in order; those that did not match come without their facts, which the policy's version has. */
export function unpackTrace(stored: unknown): RuleTrace[] | undefined {
  const record = traceRecord.safeParse(stored).data;
  return record?.flatMap((entry): RuleTrace[] => {
    if (typeof entry !== "string") return "id" in entry ? [entry] : [];
    const [, action, shadow, id] = /^(\w+) (~?)(.+)$/.exec(entry) ?? [];
    const parsed = traceAction.safeParse(action);
    if (!parsed.success || id === undefined) return [];
    return [{ id, mode: shadow ? "shadow" : "live", outcome: "not_matched", action: parsed.data, facts: [] }];
  });
}

function signalOf(fact: string): string {
  const dot = fact.indexOf(".");
  return dot === -1 ? fact : fact.slice(0, dot);
}
