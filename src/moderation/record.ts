import { z } from "zod";
import { DECISION_ACTIONS } from "../comments/status.ts";
import { type Decision, RULE_OUTCOMES, type RuleTrace } from "./decide.ts";
import type { Frame } from "./frame.ts";
import { REASON_CODES } from "./reasons.ts";
import type { Evidence, FactValue } from "./signal.ts";
import type { FrameRule } from "./store/frames.ts";

// Evidence and trace are kept with every automatic decision, so their form is short: names are left to the decision's frame
// (frame.ts). Some sixty facts and fifty rules are then about 1 kB. Decisions from before there were frames have names and
// rules in their record, and that is the form in which all are read: see `expandRecord`.

/** The whole form of evidence: values by fact, versions by signal, and apart from them what few facts have. */
type EvidenceRecord = z.infer<typeof evidenceRecord>;

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

/** What is about the decision as a whole comes last in a trace, if there is anything to say. */
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

// A rule that simply did not match is one word: its action, a tilde when it is in shadow mode, its id (`hold ~new-rule`).
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

/** A decision's record as the log has it. */
export type StoredRecord = { evidence: unknown; trace: unknown; frame_id: string | null };

/**
 * The JSON texts of a record. What the frame knows is left out: values come by place instead of by name, rules that
 * did not match do not come at all. Put together by hand: an object of some fifty values costs more than the whole of their text.
 */
export function writeRecord(
  frame: Frame,
  evidence: readonly Evidence[],
  decision: Pick<Decision, "trace" | "score" | "sampled">,
): { evidence: string; trace: string } {
  return {
    evidence: writeEvidence(frame, evidence),
    trace: JSON.stringify(packDecision(frame, decision)),
  };
}

function writeEvidence({ facts, places }: Frame, evidence: readonly Evidence[]): string {
  const values = facts.map(() => "null");
  const rest: Partial<EvidenceRecord> = {};
  for (const { name, version, value, spans, detail, error } of evidence) {
    const place = places.get(name);
    if (place === undefined) (rest.versions ??= {})[signalOf(name)] = version;
    if (value === undefined) (rest.down ??= {})[name] = error ?? "unavailable";
    else if (place === undefined) (rest.values ??= {})[name] = value;
    else values[place] = textOf(value);
    if (!spans?.length && !detail) continue;
    const more = { ...(spans?.length ? { spans } : {}), ...(detail ? { detail } : {}) };
    (rest.more ??= {})[name] = more;
  }
  const others = JSON.stringify(rest).slice(1);
  return `{"framed":[${values.join(",")}]${others === "}" ? "" : ","}${others}`;
}

function textOf(value: FactValue): string {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number" && Number.isFinite(value)) return `${value}`;
  return JSON.stringify(value);
}

/** What there is to say of the rules, and then of the decision as a whole. */
function packDecision(
  { rules }: Frame,
  { trace, score, sampled }: Pick<Decision, "trace" | "score" | "sampled">,
): unknown[] {
  const record: unknown[] = [];
  for (const entry of trace) {
    if (!rules.has(entry.id)) record.push(entry);
    else if (entry.outcome !== "not_matched") {
      const { facts: _, description: __, ...own } = entry;
      record.push(own);
    }
  }
  if (score || sampled) record.push({ ...(score && { score }), ...(sampled && { sampled }) });
  return record;
}

/** A record as if it had been kept whole. What is no such record stays as it is. */
export function expandRecord(
  { evidence, trace }: StoredRecord,
  frame: Frame,
): Omit<StoredRecord, "frame_id"> {
  return { evidence: expandEvidence(evidence, frame), trace: expandTrace(trace, frame) };
}

function expandEvidence(stored: unknown, { facts, versions }: Frame): unknown {
  if (!isObject(stored) || !Array.isArray(stored["framed"])) return stored;
  const { framed, ...rest } = stored;
  const values: Record<string, unknown> = {};
  for (const [place, name] of facts.entries()) {
    const value: unknown = framed[place] ?? undefined;
    if (value !== undefined) values[name] = value;
  }
  return {
    ...rest,
    values: Object.assign(values, rest["values"]),
    versions: { ...versions, ...(isObject(rest["versions"]) && rest["versions"]) },
  };
}

function expandTrace(stored: unknown, { rules }: Frame): unknown {
  if (!Array.isArray(stored)) return stored;
  const told = new Map<unknown, object>();
  const others: unknown[] = [];
  for (const entry of stored) {
    if (isObject(entry) && rules.has(String(entry["id"]))) told.set(entry["id"], entry);
    else others.push(entry);
  }
  const inOrder = Array.from(rules.values(), (rule) => {
    const own = told.get(rule.id);
    return own ? { ...rule, ...own } : wordOf(rule);
  });
  return [...inOrder, ...others];
}

function wordOf({ id, mode, action }: FrameRule): string {
  return `${action} ${mode === "shadow" ? "~" : ""}${id}`;
}

/** What is kept of the decision as a whole. */
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

/** The first part of a fact's name, which tells its signal. */
export function signalOf(fact: string): string {
  const dot = fact.indexOf(".");
  return dot === -1 ? fact : fact.slice(0, dot);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
