import { expect, test } from "vitest";
import type { RepeatMatch } from "../../../src/moderation/signal.ts";
import { repeatsSignal } from "../../../src/moderation/signals/repeats.ts";
import { makeSubject, runOn } from "./subject.ts";

const LONG = "Buy the best watches at the best prices in town";
const match = (commentId: string, changes: Partial<RepeatMatch> = {}): RepeatMatch => ({
  commentId,
  authorIsSame: true,
  threadIsSame: true,
  distance: 0,
  status: "published",
  ...changes,
});

test("counts matches by kind and names the comments", async () => {
  const matches = [
    match("a"),
    match("b", { distance: 2, authorIsSame: false, status: "spam" }),
    match("c", { distance: 3, threadIsSame: false, status: "rejected" }),
    match("d", { authorIsSame: false, threadIsSame: false, status: "held" }),
  ];
  const { facts } = await runOn(repeatsSignal, makeSubject(LONG, { repeats: { matches } }));
  expect(facts).toEqual({
    "repeats.exact": { value: 2, detail: { comments: ["a", "d"] } },
    "repeats.near": { value: 2, detail: { comments: ["b", "c"] } },
    "repeats.otherAuthors": { value: 2, detail: { comments: ["b", "d"] } },
    "repeats.otherThreads": { value: 2, detail: { comments: ["c", "d"] } },
    "repeats.rejected": { value: 2, detail: { comments: ["b", "c"] } },
  });
});

test("without matches everything is 0", async () => {
  const { facts } = await runOn(repeatsSignal, makeSubject(LONG));
  expect(Object.values(facts)).toEqual(Array.from({ length: 5 }, () => ({ value: 0 })));
});

test.each([
  ["Thank you!", 1],
  ["Дуже дякую!", 1],
  [LONG, 2],
])("of a short text only the author's own repeats count: %j", async (body, expected) => {
  const matches = [match("a"), match("b", { authorIsSame: false })];
  const { values } = await runOn(repeatsSignal, makeSubject(body, { repeats: { matches } }));
  expect(values["repeats.exact"]).toBe(expected);
});

test("names at most ten comments", async () => {
  const matches = Array.from({ length: 40 }, (_, i) => match(`c${i}`));
  const { facts } = await runOn(repeatsSignal, makeSubject(LONG, { repeats: { matches } }));
  expect(facts["repeats.exact"]?.value).toBe(40);
  expect(facts["repeats.exact"]?.detail?.["comments"]).toHaveLength(10);
});
