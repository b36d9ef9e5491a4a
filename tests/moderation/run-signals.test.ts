import { describe, expect, test, vi } from "vitest";
import { runSignals } from "../../src/moderation/run-signals.ts";
import { type Fact, type Signal, SPANS_MAX } from "../../src/moderation/signal.ts";
import { SIGNALS } from "../../src/moderation/signals/index.ts";
import { makeSubject } from "./signals/subject.ts";

const subject = makeSubject("Hello");

function makeSignal(run: Signal["run"], changes: Partial<Signal> = {}): Signal {
  return {
    name: "test",
    version: 7,
    deadlineMs: 1_000,
    facts: {
      "test.count": { type: "int", description: "A number" },
      "test.hosts": { type: "list<string>", description: "A list" },
    },
    run,
    ...changes,
  };
}

const never = () => new Promise<Record<string, Fact>>(() => {});

describe("evidence", () => {
  test("holds the facts with the signal's version", async () => {
    const signal = makeSignal(() => ({
      "test.count": { value: 2, detail: { a: 1 }, spans: [{ start: 0, end: 2 }] },
    }));
    const { evidence } = await runSignals([signal], subject);
    expect(evidence).toEqual([
      {
        name: "test.count",
        version: 7,
        state: "ok",
        value: 2,
        detail: { a: 1 },
        spans: [{ start: 0, end: 2 }],
      },
    ]);
  });

  test("comes in the order of the signals, whichever answers first", async () => {
    const slow = makeSignal(async () => ({ "test.count": { value: 1 } }));
    const quick = makeSignal(() => ({ "quick.is": { value: true } }), {
      name: "quick",
      facts: { "quick.is": { type: "bool", description: "" } },
    });
    const { evidence } = await runSignals([slow, quick], subject);
    expect(evidence.map(({ name }) => name)).toEqual(["test.count", "quick.is"]);
  });

  test("has at most so many spans", async () => {
    const spans = Array.from({ length: SPANS_MAX + 5 }, (_, i) => ({ start: i, end: i + 1 }));
    const { evidence } = await runSignals(
      [makeSignal(() => ({ "test.count": { value: 1, spans } }))],
      subject,
    );
    expect(evidence[0]?.spans).toHaveLength(SPANS_MAX);
  });
});

describe("a signal that fails leaves unavailable evidence for each of its facts", () => {
  const names = ["test.count", "test.hosts"];

  test.each<[string, Signal["run"], string]>([
    [
      "throws",
      () => {
        throw new TypeError("no such thing");
      },
      "TypeError: no such thing",
    ],
    ["rejects", () => Promise.reject(new Error("later")), "Error: later"],
    [
      "throws no error",
      () => {
        throw "a string";
      },
      "threw something that is no error",
    ],
    [
      "says too much",
      () => ({ "test.count": { value: 1 }, "test.other": { value: 1 } }),
      "undeclared fact test.other",
    ],
  ])("%s", async (_, run, error) => {
    const { evidence } = await runSignals([makeSignal(run)], subject);
    expect(evidence).toEqual(names.map((name) => ({ name, version: 7, state: "unavailable", error })));
  });

  test("overruns its deadline", async () => {
    vi.useFakeTimers();
    try {
      const running = runSignals([makeSignal(never, { deadlineMs: 40 })], subject);
      await vi.advanceTimersByTimeAsync(39);
      expect(vi.getTimerCount()).toBe(1);
      await vi.advanceTimersByTimeAsync(1);
      const { evidence } = await running;
      expect(evidence.map(({ error }) => error)).toEqual(["deadline", "deadline"]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("and the others go on", async () => {
    const broken = makeSignal(() => {
      throw new Error("broken");
    });
    const { evidence } = await runSignals([broken, ...SIGNALS], subject);
    expect(evidence.filter(({ state }) => state === "unavailable")).toHaveLength(2);
    expect(evidence.length).toBeGreaterThan(30);
  });
});

test.each<[string, Fact["value"]]>([
  ["test.count", 1.5],
  ["test.count", Number.NaN],
  ["test.count", 2 ** 60],
  ["test.count", "1"],
  ["test.hosts", "a"],
])("a value not of its declared type is unavailable alone: %s = %j", async (name, value) => {
  const other = name === "test.count" ? "test.hosts" : "test.count";
  const right = other === "test.hosts" ? ["a"] : 1;
  const { evidence } = await runSignals(
    [makeSignal(() => ({ [name]: { value }, [other]: { value: right } }))],
    subject,
  );
  expect(evidence.map((item) => [item.name, item.state])).toEqual([
    [name, "unavailable"],
    [other, "ok"],
  ]);
});

test("a signal that answers at once starts no timer, and none outlives its signal", async () => {
  vi.useFakeTimers();
  try {
    await runSignals([makeSignal(() => ({}))], subject);
    expect(vi.getTimerCount()).toBe(0);
    await runSignals([makeSignal(async () => ({}))], subject);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("durations are in seconds, by signal", async () => {
  let now = 0;
  const nowMs = () => (now += 250);
  const { durations } = await runSignals([makeSignal(() => ({}))], subject, { nowMs });
  expect(durations).toEqual(new Map([["test", 0.25]]));
});
