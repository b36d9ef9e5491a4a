import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../src/accounts/principal.ts";
import { editComment } from "../../src/comments/edit.ts";
import { issueEditToken } from "../../src/comments/edit-token.ts";
import { removeOwnComment } from "../../src/comments/remove.ts";
import { newId } from "../../src/ids.ts";
import { decideComment } from "../../src/moderation/review/decide-comment.ts";
import { decideComments, type DecisionResult } from "../../src/moderation/review/decide-comments.ts";
import type { DecisionInput } from "../../src/moderation/review/schema.ts";
import { replayDecisions } from "../../src/moderation/replay.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";
import {
  checkedComment,
  checkedComments,
  commentState,
  counters,
  decisionCount,
  eventTypes,
  owedFor,
  signIn,
} from "./review-support.ts";

let ctx: TestContext;
let site: Site;
let olena: Principal;
let marko: Principal;

beforeAll(async () => {
  ctx = await openTestContext();
  site = await createTestSite(ctx);
  olena = await signIn(ctx, site, { name: "Olena" });
  marko = await signIn(ctx, site, { name: "Marko" });
});
afterAll(async () => {
  // Whatever the tests did, the log of decisions leads to the state there is.
  expect(await replayDecisions(ctx, { site: null })).toMatchObject({ mismatchCount: 0 });
  await ctx[Symbol.asyncDispose]();
});

const publish = { action: "publish", note: null } as const;
const reject = { action: "reject", reason: "insult", note: null } as const;

describe("one decision", () => {
  test("publishes, counts and tells, and records who did", async () => {
    const id = await checkedComment(ctx, site, { priority: 7 });
    const result = await decideComment(ctx, olena, id, { ...publish, version: 2, note: "fine" });
    expect(result).toMatchObject({ commentId: id, outcome: "decided", version: 3, status: "published" });
    expect(await commentState(ctx, id)).toMatchObject({
      status: "published",
      reason: "approved",
      decided_by: "Olena",
    });
    expect(await counters(ctx, id)).toMatchObject({ published_count: 1, held_count: 0 });
    expect(await eventTypes(ctx, id)).toEqual(["comment.submitted", "comment.held", "comment.published"]);
    const decision = await ctx.db.kysely
      .selectFrom("decisions")
      .selectAll()
      .where("id", "=", result.decisionId)
      .executeTakeFirstOrThrow();
    expect(decision).toMatchObject({
      actor_kind: "moderator",
      actor: "Olena",
      actor_id: olena.tokenId,
      action: "publish",
      from_status: "held",
      note: "fine",
    });
  });

  test("repeated by the same token it is the same decision, even after others", async () => {
    const id = await checkedComment(ctx, site);
    const input = { ...reject, version: 2, note: "see rule 3" };
    const first = await decideComment(ctx, olena, id, input);
    expect(await decideComment(ctx, olena, id, input)).toEqual({ ...first, outcome: "repeated" });
    await decideComment(ctx, marko, id, { ...publish, version: 3 });
    expect(await decideComment(ctx, olena, id, input)).toEqual({ ...first, outcome: "repeated" });
    expect(await decisionCount(ctx, id)).toBe(3);
    expect(await commentState(ctx, id)).toMatchObject({ status: "published" });
  });

  test("the same token meaning something else is no repetition, nor is a token of the same name", async () => {
    const id = await checkedComment(ctx, site);
    await decideComment(ctx, olena, id, { ...reject, version: 2 });
    const namesake = await signIn(ctx, site, { name: "Olena" });
    for (const [who, what] of [
      [olena, { ...publish, version: 2 }],
      [olena, { ...reject, reason: "hate" as const, version: 2 }],
      [olena, { ...reject, note: "more", version: 2 }],
      [namesake, { ...reject, version: 2 }],
    ] as const) {
      await expect(decideComment(ctx, who, id, what)).rejects.toMatchObject({ reason: "comment_changed" });
    }
    expect(await decisionCount(ctx, id)).toBe(2);
  });

  test("of two moderators at once one wins, and the other learns what happened", async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await checkedComment(ctx, site);
      const results = await Promise.allSettled([
        decideComment(ctx, olena, id, { ...publish, version: 2 }),
        decideComment(ctx, marko, id, { ...reject, version: 2 }),
      ]);
      const won = results.findIndex(({ status }) => status === "fulfilled");
      const lost = results[1 - won];
      const expected =
        won === 0 ? { action: "publish", status: "published" } : { action: "reject", status: "rejected" };
      expect(lost).toMatchObject({
        status: "rejected",
        reason: {
          code: "conflict",
          reason: "comment_changed",
          details: {
            conflict: {
              ...expected,
              by: { kind: "moderator", name: won === 0 ? "Olena" : "Marko" },
              version: 3,
            },
          },
        },
      });
      expect(await commentState(ctx, id)).toMatchObject({ status: expected.status, version: 3 });
      expect(await decisionCount(ctx, id)).toBe(2);
    }
  });

  test("of one request sent twice at once both get the same decision", async () => {
    const id = await checkedComment(ctx, site);
    const results = await Promise.all(
      [1, 2, 3].map(() => decideComment(ctx, olena, id, { ...publish, version: 2 })),
    );
    expect(new Set(results.map(({ decisionId }) => decisionId)).size).toBe(1);
    expect(results.filter(({ outcome }) => outcome === "decided")).toHaveLength(1);
    expect(await decisionCount(ctx, id)).toBe(2);
  });

  test("about a text that its author has edited or removed since is refused", async () => {
    const edited = await checkedComment(ctx, site);
    const token = (id: string) => issueEditToken(ctx.keys.editToken, id);
    const change = {
      site,
      id: edited,
      token: token(edited),
      body: "Something quite different",
      requestId: null,
    };
    await editComment(ctx, change);
    await expect(decideComment(ctx, olena, edited, { ...publish, version: 2 })).rejects.toMatchObject({
      details: { conflict: { by: { kind: "author" }, action: "edit", status: "pending", version: 3 } },
      message: expect.stringContaining("edited by its author"),
    });
    const removed = await checkedComment(ctx, site);
    await removeOwnComment(ctx, { site, id: removed, token: token(removed) });
    for (const version of [2, 3]) {
      await expect(decideComment(ctx, olena, removed, { ...publish, version })).rejects.toMatchObject({
        reason: "comment_removed",
      });
    }
  });

  test("before the check counts, and settles it", async () => {
    const { id } = await submitTestComment(ctx, site);
    await decideComment(ctx, olena, id, { ...reject, version: 1 });
    expect(await owedFor(ctx, id)).toEqual(["model.learn"]);
  });
});

const decisionIds = (list: DecisionResult[]) => list.map((one) => "decisionId" in one && one.decisionId);

test("a hundred decisions at once: each on its own, in the order of the request", async () => {
  const ids = await checkedComments(ctx, site, 97);
  const late = await checkedComment(ctx, site);
  await decideComment(ctx, marko, late, { ...reject, version: 2 });
  const mine = await checkedComment(ctx, site);
  const before = await decideComment(ctx, olena, mine, { ...publish, version: 2 });
  const missing = newId();
  const inputs: DecisionInput[] = [late, ...ids, missing, mine].map((commentId) => ({
    commentId,
    action: "publish",
    version: 2,
    note: null,
  }));
  const results = await decideComments(ctx, olena, inputs);
  expect(results.map(({ commentId }) => commentId)).toEqual(inputs.map(({ commentId }) => commentId));
  expect(results[0]).toMatchObject({
    outcome: "conflict",
    conflict: { by: { name: "Marko" }, action: "reject" },
  });
  expect(results.slice(1, 98).every(({ outcome }) => outcome === "decided")).toBe(true);
  expect(results[98]).toEqual({ commentId: missing, outcome: "not_found" });
  expect(results[99]).toEqual({ ...before, outcome: "repeated" });

  const again = await decideComments(ctx, olena, inputs);
  expect(decisionIds(again)).toEqual(decisionIds(results));
  expect(again.slice(1, 98).every(({ outcome }) => outcome === "repeated")).toBe(true);
});
