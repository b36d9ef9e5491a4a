import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { editComment } from "../../src/comments/edit.ts";
import { publishDecisions } from "../../src/comments/publish.ts";
import { removeOwnComment } from "../../src/comments/remove.ts";
import type { CommentStatus } from "../../src/comments/status.ts";
import { findCommentRows } from "../../src/comments/store/find.ts";
import { toProposalComment } from "../../src/comments/to-proposal.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";

describe("editComment", () => {
  let ctx: TestContext;
  let site: Site;

  beforeAll(async () => {
    ctx = await openTestContext();
    site = await createTestSite(ctx, { settings: { limits: { editsPerCommentMax: 3 } } });
  });
  afterAll(() => ctx[Symbol.asyncDispose]());

  const submit = async () => {
    const { id, editToken } = await submitTestComment(ctx, site);
    await ctx.processAll();
    return { id, token: editToken ?? "" };
  };
  const edit = (own: { id: string; token: string }, body: string) =>
    editComment(ctx, { site, ...own, body, requestId: null });
  const decide = async (id: string, toStatus: CommentStatus) => {
    const [row] = await findCommentRows(ctx.db, site.id, [id]);
    if (!row) throw new Error("no row");
    const actor = { kind: "moderator" as const, name: "Ada" };
    await publishDecisions(ctx, [
      { comment: toProposalComment(row), toStatus, actor, action: toStatus, reason: null },
    ]);
  };

  it("sends the new text to be checked and keeps the old one for moderators", async () => {
    const own = await submit();
    expect(await edit(own, "Quite another sentence about the letters.")).toMatchObject({ status: "pending" });
    await ctx.processAll();
    const [row] = await findCommentRows(ctx.db, site.id, [own.id]);
    expect(row).toMatchObject({ status: "published", revision: 2 });
    const kept = await ctx.db.kysely
      .selectFrom("comment_revisions")
      .selectAll()
      .where("comment_id", "=", own.id)
      .execute();
    expect(kept).toMatchObject([{ revision: 1 }]);
  });

  it.each(["rejected", "spam", "held"] as const)(
    "does not let an author edit a moderator's %s away",
    async (status) => {
      const own = await submit();
      await decide(own.id, status);
      await expect(edit(own, "Really, do publish this.")).rejects.toMatchObject({
        code: "conflict",
        reason: "comment_refused",
      });
      const [row] = await findCommentRows(ctx.db, site.id, [own.id]);
      expect(row).toMatchObject({ status, revision: 1 });
    },
  );

  it("ends after as many edits as the site allows", async () => {
    const own = await submit();
    for (const n of [1, 2, 3]) await edit(own, `A changed sentence, the number ${n} of them.`);
    await expect(edit(own, "One more.")).rejects.toMatchObject({ reason: "edits_used_up" });
  });

  it("takes neither another's token nor a removed comment", async () => {
    const own = await submit();
    const other = await submit();
    await expect(edit({ id: own.id, token: other.token }, "Not mine.")).rejects.toMatchObject({
      code: "not_found",
    });
    await removeOwnComment(ctx, { site, ...own });
    await expect(edit(own, "Back again.")).rejects.toMatchObject({ reason: "comment_removed" });
    await removeOwnComment(ctx, { site, ...own });
  });

  it("lets decisions about a parent and its replies through at the same time", async () => {
    const parent = await submit();
    const replies = [];
    for (let n = 0; n < 3; n += 1) {
      const reply = await submitTestComment(ctx, site, { parentId: parent.id });
      replies.push(reply.id);
    }
    await ctx.processAll();
    const ids = [parent.id, ...replies];
    const caller = async (offset: number) => {
      for (let n = 0; n < 12; n += 1)
        await decide(ids[(n + offset) % ids.length] ?? "", n % 2 === 0 ? "held" : "published");
    };
    await Promise.all([caller(0), caller(1), caller(2), caller(3)]);
    const rows = await findCommentRows(ctx.db, site.id, ids);
    const publishedReplies = rows.filter((row) => row.parent_id === parent.id && row.status === "published");
    expect(rows.find((row) => row.id === parent.id)?.reply_count).toBe(publishedReplies.length);
  });
});
