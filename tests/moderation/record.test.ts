import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, type RuleTrace } from "../../src/moderation/decide.ts";
import { compilePolicy } from "../../src/moderation/policy.ts";
import { readPreset } from "../../src/moderation/policy/presets.ts";
import { expandRecord, unpackEvidence, unpackTrace } from "../../src/moderation/record.ts";
import type { Evidence } from "../../src/moderation/signal.ts";
import { FACTS, SIGNALS } from "../../src/moderation/signals/index.ts";
import { storedRecord, wholeRecord } from "./stored-record.ts";

const POLICY = compilePolicy(await readPreset("balanced"), FACTS, 3);
const LINKS: Evidence[] = [
  { name: "links.count", version: 2, state: "ok", value: 3, spans: [{ start: 0, end: 4 }] },
  { name: "links.hosts", version: 2, state: "ok", value: ["a.example"] },
];

/** Every fact of our own signals, with nothing to say. */
const QUIET = SIGNALS.flatMap(({ facts, version }) =>
  Object.entries(facts).map(([name, { type }]): Evidence => ({
    name,
    version,
    state: "ok",
    value: { int: 0, double: 0, bool: false, string: "", "list<string>": [] }[type],
  })),
);
const byName = (all: readonly Evidence[] | undefined) =>
  new Map(all?.map((one) => [one.name, JSON.parse(JSON.stringify({ ...one, version: 0 }))]));
/** Of rules that did not match the facts are those of the policy. */
const told = (all: RuleTrace[] | undefined) => all?.map((one) => (isTelling(one) ? one : one.id));
const isTelling = ({ outcome }: RuleTrace) => outcome !== "not_matched";

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({ unit: "binary" }),
  fc.array(fc.string()),
);
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...Object.keys(FACTS)) },
  { weight: 1, arbitrary: fc.constantFrom("akismet.spam", "older.fact", "older.other") },
);
const rest = fc.record(
  {
    spans: fc.array(fc.record({ start: fc.nat(), end: fc.nat() }), { minLength: 1, maxLength: 3 }),
    // Their keys are the signals' own.
    detail: fc.dictionary(fc.constantFrom("model", "inName", "why"), fc.string(), { minKeys: 1 }),
  },
  { requiredKeys: [] },
);
const evidence = fc.uniqueArray(
  fc.oneof(
    fc
      .tuple(name, value, rest)
      .map(([of, found, more]): Evidence =>
        Object.assign({ name: of, version: 0, state: "ok" as const, value: found }, more),
      ),
    name.map((of): Evidence => ({ name: of, version: 0, state: "unavailable", error: "deadline" })),
  ),
  { selector: (one) => one.name },
);

describe("the record of a decision", () => {
  test("property: is read as it was, whatever was found and whether or not its frame knows it", () => {
    fc.assert(
      fc.property(evidence, (found) => {
        const decision = decide(found, POLICY);
        const whole = wholeRecord(POLICY, found, decision);
        const read = unpackEvidence(whole.evidence);
        expect(byName(read)).toEqual(byName(found));
        expect(told(unpackTrace(whole.trace))).toEqual(told(decision.trace));
      }),
    );
  });

  test("leaves names, and rules that did not match, to its frame", () => {
    const found = [...QUIET, ...LINKS];
    const { frame, record } = storedRecord(POLICY, found, decide(found, POLICY));
    expect(record.evidence).toEqual({
      framed: frame.facts.map((fact) => found.findLast((one) => one.name === fact)?.value ?? null),
      more: { "links.count": { spans: [{ start: 0, end: 4 }] } },
    });
    expect(record.trace).toContainEqual({
      id: "many-links",
      mode: "live",
      action: "hold",
      outcome: "matched",
    });
    expect(JSON.stringify(record.trace)).not.toContain('"not_matched"');
    expect(frame.rules.size).toBeGreaterThan(40);
    expect(record.trace).toHaveLength(decide(found, POLICY).trace.filter(isTelling).length + 1);
  });

  test("keeps the versions of the signals, those of others too", () => {
    const asked: Evidence = { name: "akismet.spam", version: 7, state: "ok", value: true };
    const found = [...LINKS, asked];
    const { frame, record } = storedRecord(POLICY, found, decide(found, POLICY));
    expect(record.evidence).toMatchObject({ values: { "akismet.spam": true }, versions: { akismet: 7 } });
    const read = unpackEvidence(expandRecord(record, frame).evidence);
    const versionOf = (fact: string) => read?.find((one) => one.name === fact)?.version;
    expect(versionOf("akismet.spam")).toBe(7);
    expect(versionOf("links.count")).toBe(frame.versions["links"]);
  });

  test("from before there were frames is read as it is", () => {
    const { frame } = storedRecord(POLICY, LINKS, decide(LINKS, POLICY));
    const evidence = { values: { "links.count": 3 }, versions: { links: 1 } };
    expect(expandRecord({ evidence, trace: "strange", frame_id: null }, frame)).toEqual({
      evidence,
      trace: "strange",
    });
  });
});
