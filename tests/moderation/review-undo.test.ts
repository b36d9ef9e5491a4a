import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../src/accounts/principal.ts";
import { editComment } from "../../src/comments/edit.ts";
import { issueEditToken } from "../../src/comments/edit-token.ts";
import { publishDecisions } from "../../src/comments/publish.ts";
import { removeOwnComment } from "../../src/comments/remove.ts";
import { toProposalComment } from "../../src/comments/to-proposal.ts";
import { newId } from "../../src/ids.ts";
import { replayDecisions } from "../../src/moderation/replay.ts";
import { decideComment } from "../../src/moderation/review/decide-comment.ts";
import { effectiveDecisions } from "../../src/moderation/review/effective-decisions.ts";
import { findDecidable } from "../../src/moderation/review/store/decisions.ts";
import { undoDecision } from "../../src/moderation/review/undo-decision.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";
import {
  checkedComment,
  commentState,
  counters,
  eventTypes,
  owedFor,
  signIn,
  versionOf,
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
const undo = (principal: Principal, id: string, note: string | null = null) =>
  undoDecision(ctx, principal, { id, note, requestId: null });

describe("undo", () => {
  test("restores status, reason, counters and place in the queue, and tells", async () => {
    const id = await checkedComment(ctx, site, { priority: 40 });
    const before = { ...(await commentState(ctx, id)), ...(await counters(ctx, id)) };
    const { decisionId } = await decideComment(ctx, olena, id, { ...publish, version: 2 });
    const undone = await undo(marko, decisionId, "too early");
    expect(undone).toMatchObject({ outcome: "decided", status: "held", version: 4 });
    const after = { ...(await commentState(ctx, id)), ...(await counters(ctx, id)) };
    expect(after).toEqual({ ...before, version: 4, decided_by: "Marko" });
    expect((await eventTypes(ctx, id)).slice(2)).toEqual(["comment.published", "comment.held"]);
    expect(await undo(marko, decisionId, "too early")).toEqual({ ...undone, outcome: "repeated" });
    await expect(undo(olena, decisionId)).rejects.toMatchObject({ reason: "not_effective" });
  });

  test("goes back step by step, down to what the policy decided, which a moderator then decides", async () => {
    const id = await checkedComment(ctx, site, { status: "published", reason: "no_objection" });
    const first = await decideComment(ctx, olena, id, { ...reject, version: 2 });
    const second = await decideComment(ctx, marko, id, { action: "spam", version: 3, note: null });
    await expect(undo(olena, first.decisionId)).rejects.toMatchObject({
      reason: "not_effective",
      details: { conflict: { by: { name: "Marko" }, action: "spam" } },
    });
    expect(await undo(olena, second.decisionId)).toMatchObject({ status: "rejected" });
    expect(await commentState(ctx, id)).toMatchObject({ reason: "insult" });
    expect(await undo(olena, first.decisionId)).toMatchObject({ status: "published" });
    expect(await commentState(ctx, id)).toMatchObject({ reason: "no_objection" });
    const policy = await ctx.db.kysely
      .selectFrom("decisions")
      .select("id")
      .where("comment_id", "=", id)
      .where("actor_kind", "=", "policy")
      .executeTakeFirstOrThrow();
    expect(await undo(olena, policy.id)).toMatchObject({ status: "held" });
    expect(await counters(ctx, id)).toMatchObject({ held_count: 1, published_count: 0 });
  });

  test("what was never checked is owed its check again", async () => {
    const { id } = await submitTestComment(ctx, site);
    const { decisionId } = await decideComment(ctx, olena, id, { ...reject, version: 1 });
    expect(await undo(olena, decisionId)).toMatchObject({ status: "pending" });
    expect(await owedFor(ctx, id)).toEqual(["comment.check", "model.learn"]);
  });

  test("of a comment that was held because its check failed tries the check again", async () => {
    const { id } = await submitTestComment(ctx, site);
    const [row] = (await findDecidable(ctx.db, site.id, [id])).values();
    if (!row) throw new Error("not stored");
    const actor = { kind: "system", name: "check" } as const;
    const comment = toProposalComment(row);
    const proposal = { comment, toStatus: "held", actor, action: "hold", reason: "check_failed" } as const;
    const [applied] = await publishDecisions(ctx, [proposal]);
    expect(await owedFor(ctx, id)).toEqual([]);
    expect(await undo(olena, applied?.decisionId ?? "")).toMatchObject({ status: "pending" });
    expect(await owedFor(ctx, id)).toEqual(["comment.check", "model.learn"]);
  });

  test("is refused for edits, for undoing, without effect, and once the comment is removed", async () => {
    const id = await checkedComment(ctx, site);
    const log = () =>
      ctx.db.kysely
        .selectFrom("decisions")
        .select(["id", "action"])
        .where("comment_id", "=", id)
        .orderBy("id")
        .execute();
    const [held] = await log();
    await expect(undo(olena, held?.id ?? "")).rejects.toMatchObject({ reason: "nothing_to_undo" });
    const decided = await decideComment(ctx, olena, id, { ...publish, version: 2 });
    const undone = await undo(olena, decided.decisionId);
    await expect(undo(olena, undone.decisionId)).rejects.toMatchObject({ reason: "not_undoable" });
    const token = issueEditToken(ctx.keys.editToken, id);
    await editComment(ctx, { site, id, token, body: "Another text altogether", requestId: null });
    const edit = (await log()).at(-1);
    await expect(undo(olena, edit?.id ?? "")).rejects.toMatchObject({ reason: "not_undoable" });
    const again = await decideComment(ctx, olena, id, { ...publish, version: await versionOf(ctx, id) });
    await removeOwnComment(ctx, { site, id, token });
    await expect(undo(olena, again.decisionId)).rejects.toMatchObject({ reason: "comment_removed" });
    await expect(undo(olena, newId())).rejects.toMatchObject({ code: "not_found" });
  });

  test("by two at once happens once", async () => {
    const id = await checkedComment(ctx, site);
    const { decisionId } = await decideComment(ctx, olena, id, { ...publish, version: 2 });
    const results = await Promise.allSettled([undo(olena, decisionId), undo(marko, decisionId)]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(results.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "conflict" },
    });
    expect(await versionOf(ctx, id)).toBe(4);
  });

  test("property: undoing all decisions one after the other leads back to the start", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (steps) => {
        const log: { id: string; action: string; undoes: string | null }[] = [];
        const stack: string[] = [];
        for (const [index, isUndo] of steps.entries()) {
          const id = String(index);
          const undoes = isUndo ? (stack.pop() ?? null) : null;
          if (undoes === null) stack.push(id);
          log.push({ id, action: undoes === null ? "publish" : "undo", undoes });
        }
        expect(effectiveDecisions(log).map(({ id }) => id)).toEqual(stack);
      }),
    );
  });
});
