import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../src/accounts/principal.ts";
import { editComment } from "../../src/comments/edit.ts";
import { issueEditToken } from "../../src/comments/edit-token.ts";
import { newId } from "../../src/ids.ts";
import { decideComment } from "../../src/moderation/review/decide-comment.ts";
import { getAuthor } from "../../src/moderation/review/get-author.ts";
import { getReview } from "../../src/moderation/review/get-review.ts";
import { setAuthorStatus } from "../../src/moderation/review/set-author-status.ts";
import { undoDecision } from "../../src/moderation/review/undo-decision.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";
import { checkedComment, signIn } from "./review-support.ts";

let ctx: TestContext;
let site: Site;
let me: Principal;

beforeAll(async () => {
  ctx = await openTestContext();
  site = await createTestSite(ctx);
  me = await signIn(ctx, site, { name: "Olena" });
});
afterAll(() => ctx[Symbol.asyncDispose]());

describe("one comment with its context", () => {
  test("explains the check, with evidence and the places in the text", async () => {
    const id = await checkedComment(ctx, site, { priority: 3 });
    const review = await getReview(ctx, me, id);
    expect(review).toMatchObject({
      id,
      site: "paper",
      status: "held",
      version: 2,
      priority: 3,
      reason: "links",
    });
    expect(review.check).toMatchObject({
      policyVersion: 1,
      revision: 1,
      rule: "many-links",
      action: "hold",
      explanation: {
        lines: [{ rule: "many-links", decided: true, facts: [{ spans: [{ start: 0, end: 4 }] }] }],
      },
      evidence: [{ name: "links.count", value: 3 }],
      trace: [{ id: "many-links", outcome: "matched" }],
    });
    expect(review.check?.explanation?.summary).toContain("Held because of the links in it");
  });

  test("has no check before there was one, and a garbled record explains nothing but hides nothing", async () => {
    const { id } = await submitTestComment(ctx, site);
    const fresh = await getReview(ctx, me, id);
    expect(fresh).toMatchObject({
      status: "pending",
      version: 1,
      check: null,
      decisions: [],
      decidedBy: null,
    });
    const garbled = await checkedComment(ctx, site, { reason: "a_reason_of_another_release" });
    expect((await getReview(ctx, me, garbled)).check).toMatchObject({
      explanation: null,
      evidence: [{ name: "links.count" }],
    });
  });

  test("shows its place in the thread, whatever became of what it answers", async () => {
    const article = { url: "https://paper.example/deep" };
    const path: string[] = [];
    for (let depth = 0; depth < 7; depth += 1) {
      const input = { ...article, body: `Level ${depth} of the talk`, parentId: path.at(-1) ?? null };
      path.push(await checkedComment(ctx, site, { status: "published" }, input));
    }
    const parent = path.at(-1) ?? "";
    const sibling = await checkedComment(
      ctx,
      site,
      { status: "published" },
      { ...article, parentId: parent },
    );
    const id = await checkedComment(ctx, site, {}, { ...article, parentId: parent });
    const later = await checkedComment(ctx, site, { status: "published" }, article);
    await decideComment(ctx, me, parent, { action: "reject", reason: "insult", version: 2, note: null });

    const { thread } = await getReview(ctx, me, id);
    expect(thread.ancestors.map((one) => one.id)).toEqual(path.slice(2));
    expect(thread.ancestors.at(-1)).toMatchObject({
      status: "rejected",
      depth: 6,
      body: "Level 6 of the talk",
    });
    expect(thread.before.map((one) => one.id)).toEqual([path[4], path[5], sibling]);
    expect(thread.after.map((one) => one.id)).toEqual([later]);
    expect(thread).toMatchObject({ siblings: 1, publishedCount: 8, closedAt: null });
    expect((await getReview(ctx, me, sibling)).thread.siblings).toBe(0);
    expect((await getReview(ctx, me, later)).thread.siblings).toBeNull();
  });

  test("tells every decision in order, by whom, and what was undone", async () => {
    const id = await checkedComment(ctx, site);
    const made = await decideComment(ctx, me, id, {
      action: "reject",
      reason: "hate",
      version: 2,
      note: "see 4",
    });
    const undone = await undoDecision(ctx, me, { id: made.decisionId, note: null, requestId: null });
    const { decisions } = await getReview(ctx, me, id);
    expect(decisions).toMatchObject([
      { by: { kind: "policy", name: "many-links" }, action: "hold", from: "pending", to: "held", version: 2 },
      {
        id: made.decisionId,
        by: { kind: "moderator", name: "Olena" },
        note: "see 4",
        undoneBy: undone.decisionId,
      },
      {
        id: undone.decisionId,
        action: "undo",
        to: "held",
        undoes: made.decisionId,
        undoneBy: null,
        version: 4,
      },
    ]);
  });

  test("keeps earlier texts", async () => {
    const id = await checkedComment(ctx, site, {}, { body: "My first thought about it" });
    const token = issueEditToken(ctx.keys.editToken, id);
    await editComment(ctx, { site, id, token, body: "My second thought about it", requestId: null });
    const review = await getReview(ctx, me, id);
    expect(review).toMatchObject({ body: "My second thought about it", revision: 2, status: "pending" });
    expect(review.revisions).toMatchObject([{ revision: 1, body: "My first thought about it" }]);
    expect(review.check).toMatchObject({ revision: 1 });
  });

  test("finds comments with nearly the same text, sent before and since", async () => {
    const print = (commentId: string, simhash: number, band0: number) =>
      ctx.db.run(
        {
          name: "test.fingerprint",
          text: `insert into fingerprints (comment_id, site_id, author_id, thread_id, simhash, band0, band1, band2, band3)
                 select id, site_id, author_id, thread_id, $2, $3, 0, 0, 0 from comments where id = $1`,
        },
        [commentId, simhash, band0],
      );
    const before = await checkedComment(ctx, site, { status: "spam" });
    const id = await checkedComment(ctx, site);
    const since = await checkedComment(ctx, site, {}, { url: "https://paper.example/elsewhere" });
    const different = await checkedComment(ctx, site);
    await print(before, 0b0, 0);
    await print(id, 0b1, 1);
    await print(since, 0b1, 1);
    await print(different, 0b11111, 31);
    const { repeats } = await getReview(ctx, me, id);
    expect(repeats.count).toBe(2);
    expect(repeats.comments).toEqual([
      { id: since, status: "held", sameAuthor: false, sameThread: false, distance: 0 },
      { id: before, status: "spam", sameAuthor: false, sameThread: true, distance: 1 },
    ]);
  });

  test("is not found for another site, nor when there is none", async () => {
    const other = await createTestSite(ctx, { key: "other" });
    const theirs = await checkedComment(ctx, other);
    await expect(getReview(ctx, me, theirs)).rejects.toMatchObject({ code: "not_found" });
    await expect(getReview(ctx, me, newId())).rejects.toMatchObject({ code: "not_found" });
    expect((await getReview(ctx, await signIn(ctx, null), theirs)).id).toBe(theirs);
  });
});

describe("the author beside it", () => {
  test("with counts, the last comments, what was done about them, and an address only for those who may see it", async () => {
    const email = "ivan@readers.example";
    const ids: string[] = [];
    for (const status of ["published", "spam", "held"] as const) {
      ids.push(await checkedComment(ctx, site, { status }, { email, name: "Ivan" }));
    }
    const reader = await signIn(ctx, site, { scopes: ["comments:read"] });
    const { author } = await getReview(ctx, reader, ids[2] ?? "");
    expect(author).toMatchObject({
      name: "Ivan",
      status: "normal",
      published: 1,
      held: 1,
      spam: 1,
      rejected: 0,
    });
    expect(author.comments.map(({ id, status }) => [id, status])).toEqual([
      [ids[2], "held"],
      [ids[1], "spam"],
      [ids[0], "published"],
    ]);
    expect(author).not.toHaveProperty("email");
    expect((await getReview(ctx, me, ids[2] ?? "")).author.email).toBe(email);

    await setAuthorStatus(ctx, me, {
      id: author.id,
      status: "trusted",
      note: "a colleague",
      comments: "leave",
    });
    const history = await getAuthor(ctx, me, author.id);
    expect(history).toMatchObject({ site: "paper", status: "trusted", email });
    expect(history.changes).toMatchObject([
      { from: "normal", to: "trusted", by: "Olena", note: "a colleague" },
    ]);
    expect(await getAuthor(ctx, reader, author.id)).not.toHaveProperty("email");
  });

  test("an address that does not open any more is null, and keeps nobody from the comment", async () => {
    const id = await checkedComment(ctx, site);
    const { author } = await getReview(ctx, me, id);
    await ctx.db.kysely
      .updateTable("authors")
      .set({ email_sealed: Buffer.alloc(0) })
      .where("id", "=", author.id)
      .execute();
    expect((await getReview(ctx, me, id)).author.email).toBeNull();
  });
});
