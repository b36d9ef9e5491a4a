import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assignCampaigns,
  type Candidate,
  CAMPAIGN_AUTHORS_MIN,
  CAMPAIGN_COMMENTS_MIN,
} from "../../src/moderation/campaigns/assign.ts";

const member = (commentId: string, authorId = commentId) => ({ commentId, authorId, threadId: "1" });
const near = (commentId: string, similarity = 0.9, authorId = commentId) => ({
  ...member(commentId, authorId),
  similarity,
});
const candidate = (commentId: string, ...others: Candidate["near"]): Candidate => ({
  ...member(commentId),
  near: others,
});
type Known = { memberships?: Record<string, string>; settled?: string[]; windowFrom?: string };
const assign = (candidates: Candidate[], { memberships = {}, settled = [], windowFrom = "" }: Known = {}) => {
  const { joins, merges } = assignCampaigns({
    candidates,
    memberships: new Map(Object.entries(memberships)),
    settled: new Set(settled),
    windowFrom,
  });
  return { joins: joins.map((one) => `${one.commentId}→${one.campaignId}`), merges };
};

describe("a campaign", () => {
  test("is opened by three like comments of two authors, and named by the earliest", () => {
    expect(assign([candidate("c", near("b"), near("a", 0.7))]).joins).toEqual(["a→a", "b→a", "c→a"]);
  });

  test("is not opened by two comments, by one author, or by what came long ago", () => {
    expect(assign([candidate("b", near("a"))]).joins).toEqual([]);
    expect(assign([candidate("c", near("a", 1, "c"), near("b", 1, "c"))]).joins).toEqual([]);
    expect(assign([candidate("c", near("a"), near("b"))], { windowFrom: "b" }).joins).toEqual([]);
  });

  test("is joined by what is most like one of its comments, whoever wrote it and however old it is", () => {
    const known = { memberships: { a: "a", b: "b" }, settled: ["a", "b"], windowFrom: "x" };
    expect(assign([candidate("d", near("a", 0.7), near("b", 0.8), near("c", 1))], known).joins).toEqual([
      "d→b",
    ]);
    expect(assign([candidate("d", near("b", 0.8), near("a", 0.8))], known).joins).toEqual(["d→a"]);
  });

  test("takes in what was overlooked, while nobody has decided about it", () => {
    const batch = [candidate("d", near("a"), near("b"), near("c", 0.6))];
    expect(assign(batch, { memberships: { a: "a" }, windowFrom: "c" }).joins).toEqual(["d→a", "c→a"]);
    expect(assign(batch, { memberships: { a: "a" }, settled: ["a"] }).joins).toEqual(["d→a"]);
  });

  test("takes in whatever follows in the same batch", () => {
    const batch = [
      candidate("a"),
      candidate("b", near("a")),
      candidate("c", near("a"), near("b")),
      candidate("d", near("c", 0.6)),
    ];
    expect(assign(batch).joins).toEqual(["a→a", "b→a", "c→a", "d→a"]);
  });

  test("keeps the comments that it has", () => {
    expect(assign([candidate("c", near("a"))], { memberships: { c: "x", a: "a" }, settled: ["a"] })).toEqual({
      joins: [],
      merges: [],
    });
  });
});

describe("two campaigns that one comment is like", () => {
  const batch = [candidate("e", near("b", 0.9), near("a", 0.7))];

  test("become the older one while nothing is decided", () => {
    expect(assign(batch, { memberships: { a: "a", b: "b" } })).toEqual({
      joins: ["e→a"],
      merges: [{ from: "b", into: "a" }],
    });
  });

  test.each([["a"], ["b"]])("stay two once %s is decided", (settled) => {
    expect(assign(batch, { memberships: { a: "a", b: "b" }, settled: [settled] })).toEqual({
      joins: ["e→b"],
      merges: [],
    });
  });
});

describe("whatever comes", () => {
  const id = fc.integer({ min: 10, max: 40 }).map(String);
  const candidates = fc.uniqueArray(
    fc.record({
      commentId: id,
      authorId: fc.constantFrom("1", "2", "3"),
      threadId: fc.constant("1"),
      near: fc.uniqueArray(
        fc.record({
          commentId: id,
          authorId: fc.constantFrom("1", "2", "3"),
          threadId: fc.constant("1"),
          similarity: fc.double({ min: 0.6, max: 1, noNaN: true }),
        }),
        { selector: (one) => one.commentId, maxLength: 6 },
      ),
    }),
    { selector: (one) => one.commentId, maxLength: 12 },
  );

  test("the order of the input makes no difference, and doing it again changes nothing", () => {
    fc.assert(
      fc.property(candidates, (given) => {
        const batch = given.map(({ near: others, ...one }) =>
          Object.assign(one, { near: others.filter(({ commentId }) => commentId < one.commentId) }),
        );
        const input = { settled: new Set<string>(), windowFrom: "", memberships: new Map<string, string>() };
        const first = assignCampaigns({ ...input, candidates: batch });
        const other = batch
          .toReversed()
          .map(({ near: others, ...one }) => Object.assign(one, { near: others.toReversed() }));
        expect(assignCampaigns({ ...input, candidates: other })).toEqual(first);
        const memberships = new Map(first.joins.map((one) => [one.commentId, one.campaignId]));
        expect(assignCampaigns({ ...input, memberships, candidates: batch }).joins).toEqual([]);
        for (const campaign of new Set(memberships.values())) {
          const members = first.joins.filter((one) => one.campaignId === campaign);
          expect(members.length).toBeGreaterThanOrEqual(CAMPAIGN_COMMENTS_MIN);
          expect(new Set(members.map((one) => one.commentId)).size).toBe(members.length);
        }
        expect(CAMPAIGN_AUTHORS_MIN).toBeGreaterThan(1);
      }),
    );
  });
});
