import { z } from "zod";
import { DECISION_ACTIONS } from "../comments/status.ts";
import { RULE_OUTCOMES, type RuleTrace } from "./decide.ts";
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

/** A rule that simply did not match is one word: its action, a tilde when it is in shadow mode, its id (`hold ~new-rule`). */
export type TraceRecord = (string | RuleTrace)[];

const traceRecord = z.array(
  z.union([
    z.string(),
    z.looseObject({
      id: z.string(),
      mode: z.enum(["live", "shadow"]),
      outcome: z.enum(RULE_OUTCOMES),
      action: z.enum(DECISION_ACTIONS),
      facts: z.array(z.string()),
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
    if (typeof entry !== "string") return [entry];
    const [, action, shadow, id] = /^(\w+) (~?)(.+)$/.exec(entry) ?? [];
    const parsed = z.enum(DECISION_ACTIONS).safeParse(action);
    if (!parsed.success || id === undefined) return [];
    return [{ id, mode: shadow ? "shadow" : "live", outcome: "not_matched", action: parsed.data, facts: [] }];
  });
}

function signalOf(fact: string): string {
  const dot = fact.indexOf(".");
  return dot === -1 ? fact : fact.slice(0, dot);
}
