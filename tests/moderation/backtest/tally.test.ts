import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DECISION_ACTIONS } from "../../../src/comments/status.ts";
import { type Example, keepExample } from "../../../src/moderation/backtest/example.ts";
import { readPastRecord } from "../../../src/moderation/backtest/read-record.ts";
import { createTransitions } from "../../../src/moderation/backtest/transitions.ts";
import { createUnknowns } from "../../../src/moderation/backtest/unknowns.ts";
import { unpackEvidence } from "../../../src/moderation/record.ts";
import { VERDICTS } from "../../../src/moderation/verdict.ts";

const action = fc.constantFrom(...DECISION_ACTIONS);
const examples = fc.array(
  fc.record({
    commentId: fc.uuid(),
    revision: fc.constant(1),
    before: fc.record({ action, rule: fc.constant("a") }),
    after: fc.record({ action, rule: fc.constant("b") }),
    verdict: fc.constantFrom(null, ...VERDICTS),
  }),
  { maxLength: 80 },
);

test("property: the matrix adds up to what was and what would be, and never counts what stays", () => {
  fc.assert(
    fc.property(examples, (all) => {
      const tally = createTransitions();
      for (const example of all) tally.add(example);
      for (const one of DECISION_ACTIONS) {
        expect(tally.before[one]).toBe(all.filter(({ before }) => before.action === one).length);
        const gone = tally.changed().filter(({ from }) => from === one);
        const come = tally.changed().filter(({ to }) => to === one);
        const sum = (list: typeof gone) => list.reduce((total, { comments }) => total + comments, 0);
        expect(tally.before[one] - sum(gone) + sum(come)).toBe(tally.after[one]);
      }
      for (const { from, to, comments, judged, better, worse, examples: shown } of tally.changed()) {
        expect(from).not.toBe(to);
        expect(better + worse).toBeLessThanOrEqual(judged);
        expect(judged).toBeLessThanOrEqual(comments);
        expect(shown.length).toBe(Math.min(5, comments));
      }
    }),
  );
});

const example = (commentId: string, verdict: Example["verdict"]): Example => ({
  commentId,
  revision: 1,
  before: { action: "hold", rule: "a" },
  after: { action: "publish", rule: "b" },
  verdict,
});

test("the few examples are rather those that moderators decided upon", () => {
  const kept: Example[] = [];
  for (const [id, verdict] of [
    ["1", null],
    ["2", null],
    ["3", "publish"],
    ["4", null],
    ["5", "spam"],
    ["6", "spam"],
  ] as const)
    keepExample(kept, example(id, verdict), 2);
  expect(kept.map(({ commentId }) => commentId)).toEqual(["5", "3"]);
});

describe("a stored record", () => {
  const evidence = {
    values: { "links.count": 3, "links.hosts": ["a.example"] },
    versions: { links: 2, email: 1 },
    more: { "links.count": { spans: [{ start: 0, end: 4 }] } },
    down: { "email.disposable": "deadline" },
  };
  const trace = [
    "hold one",
    { id: "two", mode: "shadow", outcome: "matched", action: "spam", facts: ["links.count"] },
    {
      id: "three",
      mode: "live",
      outcome: "skipped_missing",
      action: "hold",
      facts: [],
      lacking: ["a.b"],
    },
    { id: "four", mode: "live", outcome: "matched", action: "hold", facts: [] },
  ];

  test("is read as the careful reader reads it, as far as deciding goes", () => {
    const read = readPastRecord(evidence, trace);
    const careful = unpackEvidence(evidence)?.map(({ name, version, state, value }) =>
      value === undefined ? { name, version, state } : { name, version, state, value },
    );
    expect(read?.evidence).toEqual(careful);
    expect(read?.matched).toEqual([
      { id: "two", mode: "shadow", action: "spam" },
      { id: "four", mode: "live", action: "hold" },
    ]);
  });

  test.each([null, 1, [], {}, { values: {} }, { values: [], versions: {} }])("%j is none", (value) => {
    expect(readPastRecord(value, [])).toBeUndefined();
  });

  test("with values of no known type has them unavailable, and strange rules left out", () => {
    const read = readPastRecord({ values: { "a.b": { c: 1 }, "a.c": null }, versions: {} }, [
      { outcome: "matched", id: 1, action: "hold" },
      { outcome: "matched", id: "x", action: "burn" },
      null,
    ]);
    expect(read?.evidence.map(({ state }) => state)).toEqual(["unavailable", "unavailable"]);
    expect(read?.matched).toEqual([]);
  });
});

test("only what is older than the first appearance of a signal is unknown", () => {
  const unknowns = createUnknowns(
    ["spam.score", "links.count", "links.hosts"],
    new Map([
      ["spam", 2],
      ["links", 1],
    ]),
  );
  // From the latest to the oldest: the model abstained once, was of another version, and before was not there.
  const spamVersions = [2, undefined, 2, 1, undefined, undefined];
  for (const spam of spamVersions) unknowns.add({ versions: { links: 1, ...(spam && { spam }) } });
  expect(unknowns.comments()).toBe(2);
  expect(unknowns.unknown()).toEqual([{ signal: "spam", facts: ["spam.score"], comments: 2 }]);
  unknowns.add({ versions: { links: 1 } }, ["spam"]);
  expect(unknowns.unknown()).toEqual([]);
  expect(unknowns.changed()).toEqual([
    { signal: "spam", version: 2, earlier: [{ version: 1, comments: 1 }] },
  ]);
});
