import { z } from "zod";
import { DECISION_ACTIONS } from "../comments/status.ts";
import { type Decision, RULE_OUTCOMES, type RuleTrace } from "./decide.ts";
import { REASON_CODES } from "./reasons.ts";
import type { Evidence, FactValue } from "./signal.ts";

// Evidence and trace are kept with every automatic decision, so their form is short: names once, defaults left out.
// Some sixty facts and fifty rules are then about 4 kB, and would be several times that: most of what a decision costs the database.

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
  const values: EvidenceRecord["values"] = {};
  for (const { name, value } of evidence) if (value !== undefined) values[name] = value;
  return { values, ...packRest(evidence) };
}

/**
 * The JSON text of {@link packEvidence}, as which it is stored. An object of some fifty values costs more than the whole of their
 * text, and every comment has one.
 */
export function writeEvidence(evidence: readonly Evidence[]): string {
  const parts: string[] = [];
  for (const { name, value } of evidence) if (value !== undefined) parts.push(keyOf(name), textOf(value));
  const values = parts.join("").slice(1);
  return `{"values":{${values}},${JSON.stringify(packRest(evidence)).slice(1)}`;
}

function textOf(value: FactValue): string {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number" && Number.isFinite(value)) return `${value}`;
  return JSON.stringify(value);
}

/** All but the values: of those there are many, of these few. */
function packRest(evidence: readonly Evidence[]): Omit<EvidenceRecord, "values"> {
  const record: Omit<EvidenceRecord, "values"> = { versions: {} };
  let signal = "";
  for (const { name, version, value, spans, detail, error } of evidence) {
    // The facts of a signal come together.
    if (signal === "" || name.charAt(signal.length) !== "." || !name.startsWith(signal)) {
      signal = signalOf(name);
      record.versions[signal] = version;
    }
    if (value === undefined) (record.down ??= {})[name] = error ?? "unavailable";
    if (!spans?.length && !detail) continue;
    const more = { ...(spans?.length ? { spans } : {}), ...(detail ? { detail } : {}) };
    (record.more ??= {})[name] = more;
  }
  return record;
}

/** Facts are declared in the code, so there are only so many. */
const keys = new Map<string, string>();

function keyOf(name: string): string {
  let key = keys.get(name);
  if (key === undefined) {
    key = `,${JSON.stringify(name)}:`;
    keys.set(name, key);
  }
  return key;
}

export function packTrace(trace: readonly RuleTrace[]): TraceRecord {
  return trace.map((entry) => (entry.outcome === "not_matched" ? wordOf(entry) : entry));
}

/** Most entries are the same objects for every comment; see `decide`. */
const words = new WeakMap<RuleTrace, string>();

function wordOf(entry: RuleTrace): string {
  let word = words.get(entry);
  if (word === undefined) {
    word = `${entry.action} ${entry.mode === "shadow" ? "~" : ""}${entry.id}`;
    words.set(entry, word);
  }
  return word;
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
