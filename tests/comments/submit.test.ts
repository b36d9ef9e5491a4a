import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeThread } from "../support/threads.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { ARTICLE_URL, createTestSite, submitTestComment } from "../support/fixtures.ts";
import { issueFormToken } from "../../src/comments/form-token.ts";
import { registerThread } from "../../src/comments/register-thread.ts";
import type { Site } from "../../src/sites/site.ts";

describe("submitComment", () => {
  let ctx: TestContext;
  let site: Site;

  beforeAll(async () => {
    ctx = await openTestContext();
    site = await createTestSite(ctx);
  });
  afterAll(async () => await ctx[Symbol.asyncDispose]());

  const rows = () => ctx.db.kysely.selectFrom("comments").selectAll().execute();
  const rowOf = async (id: string) => (await rows()).find((row) => row.id === id);

  it("writes the comment, what it owes and its event in one go", async () => {
    const { id, status } = await submitTestComment(ctx, site);
    expect(status).toBe("pending");
    expect(await rowOf(id)).toMatchObject({
      status: "pending",
      version: 1,
      revision: 1,
      depth: 0,
      root_id: id,
    });
    const owed = await ctx.db.kysely.selectFrom("outbox").selectAll().where("key", "=", id).execute();
    expect(owed).toMatchObject([{ topic: "comment.check", attempts: 0 }]);
    const events = await ctx.db.kysely
      .selectFrom("events")
      .selectAll()
      .where("comment_id", "=", id)
      .execute();
    expect(events.map((event) => event.type)).toEqual(["comment.submitted"]);
  });

  it("makes one comment of a hundred sent at once by one author in one double click", async () => {
    const same = {
      email: "twice@readers.example",
      body: "I clicked more than once, sorry about that.",
      ip: "198.51.100.7",
    };
    const results = await Promise.all(
      Array.from({ length: 100 }, () => submitTestComment(ctx, site, { ...same, name: "T" })),
    );
    expect(new Set(results.map((result) => result.id)).size).toBe(1);
    expect(new Set(results.map((result) => result.editToken)).size).toBe(1);
    expect(results.filter((result) => !result.replayed)).toHaveLength(1);
  });

  it("takes a hundred of different authors at once, each with its own row", async () => {
    const results = await Promise.all(Array.from({ length: 100 }, () => submitTestComment(ctx, site)));
    expect(new Set(results.map((result) => result.id)).size).toBe(100);
  });

  it("makes one author of many first comments at once", async () => {
    const email = "Busy@Readers.example";
    const bodies = Array.from(
      { length: 40 },
      (_, n) => `A different thought, number ${n}, of the same person.`,
    );
    await Promise.all(bodies.map((body) => submitTestComment(ctx, site, { email, body })));
    const authors = await ctx.db.kysely
      .selectFrom("comments")
      .select("author_id")
      .where("body", "like", "A different thought%")
      .distinct()
      .execute();
    expect(authors).toHaveLength(1);
  });

  it("tells nobody elsewhere that an author said this already, nor hands them the author's token", async () => {
    const same = { email: "victim@readers.example", body: "My very own words about the matter." };
    const own = await submitTestComment(ctx, site, { ...same, ip: "198.51.100.20" });
    const stranger = await submitTestComment(ctx, site, { ...same, ip: "192.0.2.99" });
    expect(stranger).toMatchObject({ replayed: false });
    expect(stranger.id).not.toBe(own.id);
    expect(stranger.editToken).not.toBe(own.editToken);
  });

  it("honours an idempotency key, and refuses it for other words", async () => {
    const input = { email: "key@readers.example", idempotencyKey: "key-1", ip: "198.51.100.30", name: "Key" };
    const first = await submitTestComment(ctx, site, { ...input, body: "Once and only once." });
    const again = await submitTestComment(ctx, site, { ...input, body: "Once and only once." });
    expect(again).toMatchObject({ id: first.id, replayed: true, editToken: first.editToken });
    await expect(submitTestComment(ctx, site, { ...input, body: "Something else." })).rejects.toMatchObject({
      code: "invalid_input",
      reason: "idempotency_key_reused",
    });
  });

  it("takes all variants of an article's address as one thread", async () => {
    const variants = [
      `${ARTICLE_URL}/`,
      `${ARTICLE_URL}?utm_source=x#top`,
      ARTICLE_URL.replace("https:", "https:"),
    ];
    const results = [];
    for (const url of variants) results.push(await submitTestComment(ctx, site, { url }));
    expect(new Set(results.map((result) => result.thread.id)).size).toBe(1);
  });

  it("lets the publisher's key win, but no reader give a key to a thread that is there", async () => {
    const url = "https://paper.example/moved-article";
    const byUrl = await submitTestComment(ctx, site, { url });
    const byStranger = await submitTestComment(ctx, site, { url, threadKey: "evil" });
    expect(byStranger.thread).toMatchObject({ id: byUrl.thread.id, key: url });
    const registered = await registerThread(ctx, site, { url, key: "article-77" });
    expect(registered.thread.id).toBe(byUrl.thread.id);
    const elsewhere = await submitTestComment(ctx, site, {
      url: "https://paper.example/x",
      threadKey: "article-77",
    });
    expect(elsewhere.thread.id).toBe(byUrl.thread.id);
  });

  it("takes neither title nor link of an article from any reader, but the title from a form made for it", async () => {
    const url = "https://paper.example/titled?utm_source=BUY-PILLS";
    const spam = await submitTestComment(ctx, site, { url, title: "BUY PILLS at spam.example" });
    expect(spam.thread).toMatchObject({ title: null, url: "https://paper.example/titled" });
    const place = { siteKey: site.key, threadKey: "https://paper.example/formed", nowMs: ctx.clock.nowMs() };
    const token = issueFormToken(ctx.keys.formTokens[0], place);
    const formed = { url: "https://paper.example/formed", title: "The Title", token };
    expect((await submitTestComment(ctx, site, formed)).thread.title).toBe("The Title");
  });

  it("refuses an article of another site", async () => {
    await expect(submitTestComment(ctx, site, { url: "https://elsewhere.example/a" })).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ path: "url" }],
    });
  });

  it("refuses a closed thread and leaves nothing behind", async () => {
    const url = "https://paper.example/closed";
    const { thread } = await submitTestComment(ctx, site, { url });
    await closeThread(ctx, thread.id);
    const before = (await rows()).length;
    await expect(submitTestComment(ctx, site, { url })).rejects.toMatchObject({ reason: "thread_closed" });
    expect(await rows()).toHaveLength(before);
  });

  it("takes comments again once another process has opened the thread again", async () => {
    const url = "https://paper.example/reopened";
    const { thread } = await submitTestComment(ctx, site, { url });
    await closeThread(ctx, thread.id);
    ctx.caches.openThreads.clear();
    ctx.caches.threads.clear();
    await expect(submitTestComment(ctx, site, { url })).rejects.toMatchObject({ reason: "thread_closed" });
    await ctx.db.kysely.updateTable("threads").set({ closed_at: null }).where("id", "=", thread.id).execute();
    // As a second does.
    ctx.caches.threads.clear();
    expect((await submitTestComment(ctx, site, { url })).status).toBe("pending");
  });

  it("takes replies to published comments only", async () => {
    const url = "https://paper.example/replies";
    const parent = await submitTestComment(ctx, site, { url });
    await expect(submitTestComment(ctx, site, { url, parentId: parent.id })).rejects.toMatchObject({
      reason: "parent_not_published",
    });
    await ctx.processAll();
    const reply = await submitTestComment(ctx, site, { url, parentId: parent.id });
    expect(await rowOf(reply.id)).toMatchObject({ depth: 1, root_id: parent.id, parent_id: parent.id });
    await expect(submitTestComment(ctx, site, { parentId: parent.id })).rejects.toMatchObject({
      reason: "parent_not_published",
    });
  });

  it("keeps addresses sealed, and IP addresses not at all", async () => {
    await submitTestComment(ctx, site, { email: "sealed@readers.example", ip: "198.51.100.77" });
    for (const table of [
      "authors",
      "comments",
      "comment_sources",
      "outbox",
      "events",
      "decisions",
    ] as const) {
      const all = await ctx.db.kysely.selectFrom(table).selectAll().execute();
      const text = JSON.stringify(all, (_, value: unknown) =>
        value !== null &&
        typeof value === "object" &&
        "type" in value &&
        value.type === "Buffer" &&
        "data" in value
          ? Buffer.from(value.data as number[]).toString("latin1")
          : value,
      );
      expect(text).not.toContain("sealed@readers.example");
      expect(text).not.toContain("198.51.100.77");
    }
  });
});
