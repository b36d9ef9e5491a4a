import { describe, expect, it } from "vitest";
import { editComment } from "../../src/comments/edit.ts";
import { AppError } from "../../src/errors.ts";
import { checkComments } from "../../src/moderation/check.ts";
import { checkComment } from "../../workers/check-comment.ts";
import type { Signal } from "../../src/moderation/signal.ts";
import { SIGNALS } from "../../src/moderation/signals/index.ts";
import { ATTEMPTS_MAX, claimOwed, CLAIMS_MAX, LEASE_SECONDS } from "../../src/queue/outbox.ts";
import { sweepOnce } from "../../workers/sweep.ts";
import { BACKENDS } from "../support/backends.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";

const clockAt = (start: string) => {
  let nowMs = Date.parse(start);
  return { now: () => new Date(nowMs), nowMs: () => nowMs, advance: (ms: number) => (nowMs += ms) };
};

/** A site's own signal that fails for some comments, as a broken check would. */
const breaking = (run: Signal["run"]): Signal => ({
  name: "style",
  version: 99,
  deadlineMs: 50,
  facts: SIGNALS.find((signal) => signal.name === "style")?.facts ?? {},
  run,
});

const decisionsOf = (ctx: TestContext, id: string) =>
  ctx.db.kysely.selectFrom("decisions").selectAll().where("comment_id", "=", id).orderBy("id").execute();
const statusOf = async (ctx: TestContext, id: string) =>
  (await ctx.db.kysely.selectFrom("comments").select("status").where("id", "=", id).executeTakeFirstOrThrow())
    .status;

describe("checkComments", () => {
  it("decides a comment once, however often and from however many workers its job comes", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { preset: "open" });
    const ids = await Promise.all(
      Array.from({ length: 30 }, async () => (await submitTestComment(ctx, site)).id),
    );
    await Promise.all(Array.from({ length: 6 }, () => checkComments(ctx, ids)));
    await checkComments(ctx, ids);
    for (const id of ids) expect(await decisionsOf(ctx, id)).toHaveLength(1);
    const events = await ctx.db.kysely.selectFrom("events").select("type").execute();
    expect(events.filter(({ type }) => type === "comment.published")).toHaveLength(30);
    const thread = await ctx.db.kysely.selectFrom("threads").selectAll().executeTakeFirstOrThrow();
    expect(thread.published_count).toBe(30);
    expect(await ctx.db.kysely.selectFrom("outbox").selectAll().execute()).toEqual([]);
  });

  it("takes others that wait along, the oldest first, but for those that were tried before", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { preset: "open" });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await submitTestComment(ctx, site)).id);
    const [tried = "", second = "", third = "", fourth = "", asked = ""] = ids;
    await ctx.db.kysely.updateTable("outbox").set({ attempts: 1 }).where("key", "=", tried).execute();
    const applied = await checkComments(ctx, [asked], 3);
    expect(applied.map(({ commentId }) => commentId).toSorted()).toEqual([second, third, asked]);
    await Promise.all([checkComments(ctx, [asked], 50), checkComments(ctx, [tried], 50)]);
    expect(await statusOf(ctx, fourth)).toBe("published");
    for (const id of ids) expect(await decisionsOf(ctx, id)).toHaveLength(1);
  });

  it("fills a batch also when what was asked for is done already, and a job goes on while batches are full", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx, { preset: "open" });
    const ids: string[] = [];
    for (let n = 0; n < 104; n += 1) ids.push((await submitTestComment(ctx, site)).id);
    const [first = "", second = "", third = ""] = ids;
    await checkComments(ctx, [first]);
    const applied = await checkComments(ctx, [first], 2);
    expect(applied.map(({ commentId }) => commentId).toSorted()).toEqual([second, third]);
    const { signal } = new AbortController();
    await checkComment(ctx, { ids: [first] }, { jobId: "1", attempt: 1, lastAttempt: false, signal });
    expect(await ctx.db.kysely.selectFrom("outbox").selectAll().execute()).toEqual([]);
  });

  it("sees the same text of several authors, also within one batch", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    const body = "Everyone should read the other paper instead, it tells what this one hides from you.";
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await submitTestComment(ctx, site, { body })).id);
    await checkComments(ctx, ids);
    const statuses = await Promise.all(ids.map((id) => statusOf(ctx, id)));
    expect(statuses).toEqual(["published", "held", "held"]);
  });

  it("holds a comment when a check it needs is down: nothing fails open", async () => {
    const signals = SIGNALS.map((signal) =>
      signal.name === "style" ? breaking(() => Promise.reject(new Error("model gone"))) : signal,
    );
    await using ctx = await openTestContext({ signals });
    const site = await createTestSite(ctx);
    const { id } = await submitTestComment(ctx, site);
    await checkComments(ctx, [id]);
    expect(await statusOf(ctx, id)).toBe("held");
    const [decision] = await decisionsOf(ctx, id);
    expect(JSON.stringify(decision?.evidence)).toContain("model gone");
  });

  it("records the model that was asked, and holds when there is none", async () => {
    await using ctx = await openTestContext();
    const policy =
      "version: 1\nname: p\nrules: [{ id: s, description: d, when: spam.score > 0.9, then: spam, reason: spam }]\notherwise: publish\n";
    const site = await createTestSite(ctx, { policy });
    const { id } = await submitTestComment(ctx, site);
    await checkComments(ctx, [id]);
    const [decision] = await decisionsOf(ctx, id);
    expect(decision).toMatchObject({ to_status: "published", model_version: ctx.baseModel?.version });
    await using broken = await openTestContext({ loadModel: () => Promise.reject(new Error("bad file")) });
    const elsewhere = await createTestSite(broken, { policy });
    const { id: other } = await submitTestComment(broken, elsewhere);
    await checkComments(broken, [other]);
    const [held] = await decisionsOf(broken, other);
    expect(held).toMatchObject({ to_status: "held", reason: "check_unavailable", model_version: null });
  });

  it("parks a comment that makes its batch fail, with the reason, and lets the others pass", async () => {
    const clock = clockAt("2026-01-01T00:00:00Z");
    await using ctx = await openTestContext({ clock });
    const site = await createTestSite(ctx);
    const good = await submitTestComment(ctx, site);
    const bad = await submitTestComment(ctx, site, { body: "Poison in a perfectly ordinary sentence." });
    // Not a failing signal, which is evidence: what is stored of this comment cannot be read.
    await ctx.db.kysely
      .updateTable("comments")
      .set({ request_facts: JSON.stringify({ form: "garbled" }) })
      .where("id", "=", bad.id)
      .execute();
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      await checkComments(ctx, [good.id, bad.id]);
      clock.advance((LEASE_SECONDS + 1) * 1_000);
    }
    expect(await statusOf(ctx, good.id)).toBe("published");
    expect(await statusOf(ctx, bad.id)).toBe("held");
    const [decision] = await decisionsOf(ctx, bad.id);
    expect(decision).toMatchObject({
      actor_kind: "system",
      reason: "check_failed",
      note: expect.stringContaining("5 times"),
    });
  });

  it("parks what cannot be opened without taking its batch along", async () => {
    const clock = clockAt("2026-01-01T00:00:00Z");
    await using ctx = await openTestContext({ clock });
    const site = await createTestSite(ctx);
    const good = await submitTestComment(ctx, site);
    const bad = await submitTestComment(ctx, site, { email: "garbled@readers.example" });
    const author = ctx.db.kysely.selectFrom("comments").select("author_id").where("id", "=", bad.id);
    await ctx.db.kysely
      .updateTable("authors")
      .set({ email_sealed: Buffer.from("garbled") })
      .where("id", "=", author)
      .execute();
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      await checkComments(ctx, [good.id, bad.id]);
      clock.advance((LEASE_SECONDS + 1) * 1_000);
    }
    expect(await statusOf(ctx, good.id)).toBe("published");
    expect(await statusOf(ctx, bad.id)).toBe("held");
  });

  it("holds a comment whose check takes the process with it each time", async () => {
    const clock = clockAt("2026-01-01T00:00:00Z");
    await using ctx = await openTestContext({ clock });
    const site = await createTestSite(ctx);
    const { id } = await submitTestComment(ctx, site);
    for (let attempt = 1; attempt <= CLAIMS_MAX; attempt += 1) {
      // Leased, and never heard of again.
      await claimOwed(ctx.db, "comment.check", [id], clock.now());
      clock.advance((LEASE_SECONDS + 1) * 1_000);
    }
    await checkComments(ctx, [id]);
    expect(await statusOf(ctx, id)).toBe("held");
  });

  it("gives its leases back at once when the store was away, and counts nothing against the comments", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    const { id } = await submitTestComment(ctx, site);
    const away = new AppError("unavailable", "away", { reason: "store_unavailable" });
    const failing = { ...ctx, db: { ...ctx.db, transaction: () => Promise.reject(away) } };
    await expect(checkComments(failing, [id])).rejects.toBe(away);
    const owed = await ctx.db.kysely.selectFrom("outbox").selectAll().where("key", "=", id).execute();
    expect(owed).toMatchObject([{ attempts: 0, leased_until: null }]);
    await checkComments(ctx, [id]);
    expect(await statusOf(ctx, id)).toBe("published");
  });

  it("leaves a comment to the new check when its author edits it meanwhile", async () => {
    await using ctx = await openTestContext();
    const site = await createTestSite(ctx);
    const { id, editToken } = await submitTestComment(ctx, site);
    await checkComments(ctx, [id]);
    await editComment(ctx, {
      site,
      id,
      token: editToken ?? "",
      body: "Quite another sentence than before.",
      requestId: null,
    });
    expect(await statusOf(ctx, id)).toBe("pending");
    await checkComments(ctx, [id]);
    const decisions = await decisionsOf(ctx, id);
    expect(
      decisions.map(({ actor_kind: kind, to_status: to, comment_revision: revision }) => [
        kind,
        to,
        revision,
      ]),
    ).toEqual([
      ["policy", "published", 1],
      ["author", "pending", 2],
      ["policy", "published", 2],
    ]);
  });
});

describe.each(BACKENDS)("the sweeper (queue on %s)", (backend) => {
  it("hands over what the queue lost, once it is overdue", async () => {
    const clock = clockAt("2026-01-01T00:00:00Z");
    await using ctx = await openTestContext({ backend, clock });
    const site = await createTestSite(ctx);
    const lost = { ...ctx, dispatch: () => {} };
    const { id } = await submitTestComment(lost, site);
    // submit reaches the real dispatcher through the intake; without a worker nothing is done yet either way.
    expect(await sweepOnce(ctx)).toBe(0);
    clock.advance(11_000);
    expect(await sweepOnce(ctx)).toBe(1);
    expect(await sweepOnce(ctx)).toBe(0);
    await ctx.processAll();
    expect(await statusOf(ctx, id)).toBe("published");
  });
});
