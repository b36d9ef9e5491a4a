import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../src/accounts/principal.ts";
import { listQueue } from "../../src/moderation/review/list-queue.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";
import { checkedComment, manualClock, signIn, toQuery } from "./review-support.ts";

const clock = manualClock();
let ctx: TestContext;
let sites = 0;

beforeAll(async () => {
  ctx = await openTestContext({ clock });
});
afterAll(() => ctx[Symbol.asyncDispose]());

async function newSite(): Promise<{ site: Site; me: Principal }> {
  sites += 1;
  const site = await createTestSite(ctx, { key: `queue-${sites}` });
  return { site, me: await signIn(ctx, site) };
}

async function idsOf(me: Principal, query: Record<string, unknown> = {}): Promise<string[]> {
  const { comments } = await listQueue(ctx, me, toQuery(query));
  return comments.map(({ id }) => id);
}

/** Every id of a list, page by page, with something happening between two pages. */
async function walk(me: Principal, query: Record<string, unknown>, between: () => Promise<unknown>) {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await listQueue(ctx, me, toQuery({ ...query, ...(cursor && { cursor }) }));
    seen.push(...page.comments.map(({ id }) => id));
    if (page.next === null) return seen;
    cursor = page.next;
    await between();
  }
  throw new Error("no end");
}

describe("what is listed", () => {
  test("held comments by priority, then age, with who decided and why", async () => {
    const { site, me } = await newSite();
    const first = await checkedComment(ctx, site, { priority: 10 });
    const second = await checkedComment(ctx, site, { priority: 10 });
    const urgent = await checkedComment(ctx, site, { priority: 90, rule: "threats", reason: "threat" });
    await checkedComment(ctx, site, { status: "published" });
    await submitTestComment(ctx, site);

    const page = await listQueue(ctx, me, toQuery());
    expect(page.comments.map(({ id }) => id)).toEqual([urgent, first, second]);
    expect(page.comments[0]).toMatchObject({
      status: "held",
      version: 2,
      priority: 90,
      decidedBy: { kind: "policy", name: "threats" },
      reason: "threat",
      author: { status: "normal", held: 1, published: 0 },
      thread: { key: "https://paper.example/2026/prisoners-of-war" },
    });
    expect(page.comments[0]?.explanation).toContain("Held because it threatens someone");
    expect(page.comments[0]?.explanation).toContain("links.count is 3");
    expect(page.counts).toEqual({ pending: 1, published: 1, held: 3, rejected: 0, spam: 0, removed: 0 });
    expect(page.next).toBeNull();
  });

  test("by status, alone and several at once", async () => {
    const { site, me } = await newSite();
    const published = await checkedComment(ctx, site, { status: "published" });
    const spam = await checkedComment(ctx, site, { status: "spam" });
    const held = await checkedComment(ctx, site);
    const pending = (await submitTestComment(ctx, site)).id;
    expect(await idsOf(me, { status: "published" })).toEqual([published]);
    expect(await idsOf(me, { status: ["pending", "spam"] })).toEqual([pending, spam]);
    expect(await idsOf(me, { status: ["spam", "held", "spam"], sort: "oldest" })).toEqual([spam, held]);
    expect(await idsOf(me, { status: "removed" })).toEqual([]);
  });

  test("by author, rule, reason and thread", async () => {
    const { site, me } = await newSite();
    const other = { url: "https://paper.example/other", threadKey: "post-7" };
    const email = "olena@readers.example";
    const links = await checkedComment(ctx, site, { rule: "many-links" }, { email });
    const words = await checkedComment(
      ctx,
      site,
      { rule: "words", reason: "watched_word" },
      { ...other, email },
    );
    const stranger = await checkedComment(ctx, site, { rule: "words", reason: "watched_word" });

    const { comments } = await listQueue(ctx, me, toQuery({ rule: "many-links" }));
    expect(comments.map(({ id }) => id)).toEqual([links]);
    expect(await idsOf(me, { author: comments[0]?.author.id })).toEqual([links, words]);
    expect(await idsOf(me, { reason: "watched_word" })).toEqual([words, stranger]);
    expect(await idsOf(me, { reason: "watched_word", author: comments[0]?.author.id })).toEqual([words]);
    const threadId = (await listQueue(ctx, me, toQuery({ thread: "post-7" }))).comments[0]?.thread.id;
    for (const thread of ["post-7", "http://paper.example/other?utm_source=x", threadId]) {
      expect(await idsOf(me, { thread })).toEqual([words]);
    }
    for (const nothing of [{ thread: "no-such" }, { author: "0" }, { author: "999999999999999999" }]) {
      expect(await idsOf(me, nothing)).toEqual([]);
    }
  });

  test("a moderator called like a rule is not that rule", async () => {
    const { site, me } = await newSite();
    const id = await checkedComment(ctx, site, { rule: "otherwise" });
    await ctx.db.kysely
      .updateTable("decisions")
      .set({ actor_kind: "moderator" })
      .where("comment_id", "=", id)
      .execute();
    expect(await idsOf(me, { rule: "otherwise" })).toEqual([]);
  });

  test("by words of the text or name, whatever their case; % and _ are only characters", async () => {
    const { site, me } = await newSite();
    const cyrillic = await checkedComment(ctx, site, {}, { body: "Дякую за Докладну розповідь про обмін" });
    const percent = await checkedComment(
      ctx,
      site,
      {},
      { body: "Prices went up by 100% in a year, they say" },
    );
    const named = await checkedComment(ctx, site, {}, { name: "Percy_Bysshe" });
    await checkedComment(ctx, site, {}, { body: "Prices went up by 1000 in a year, they say" });
    expect(await idsOf(me, { q: "ДОКЛАДНУ" })).toEqual([cyrillic]);
    expect(await idsOf(me, { q: "100%" })).toEqual([percent]);
    expect(await idsOf(me, { q: "y_b" })).toEqual([named]);
    expect(await idsOf(me, { q: String.raw`\%` })).toEqual([]);
  });

  test("by age, in seconds or as a date", async () => {
    const { site, me } = await newSite();
    const old = await checkedComment(ctx, site);
    clock.advance(3_600);
    const border = clock.now().toISOString();
    const recent = await checkedComment(ctx, site);
    clock.advance(60);
    expect(await idsOf(me, { olderThan: "1800" })).toEqual([old]);
    expect(await idsOf(me, { newerThan: "1800" })).toEqual([recent]);
    expect(await idsOf(me, { olderThan: border })).toEqual([old]);
    expect(await idsOf(me, { newerThan: border })).toEqual([recent]);
    const elsewhere = new Date(Date.parse(border) + 2 * 3_600_000).toISOString().replace("Z", " 02:00");
    expect(await idsOf(me, { olderThan: elsewhere })).toEqual([old]);
    expect(await idsOf(me, { olderThan: "30", newerThan: "90" })).toEqual([recent]);
  });

  test("a long text is cut between characters", async () => {
    const { me } = await newSite();
    const site = await createTestSite(ctx, { key: "long", settings: { limits: { bodyCharsMax: 20_000 } } });
    await checkedComment(ctx, site, {}, { body: `a${"😀".repeat(4_000)}` });
    const [comment] = (await listQueue(ctx, { ...me, siteId: site.id }, toQuery())).comments;
    expect(comment?.body).toBe(`a${"😀".repeat(2_499)}`);
    expect(comment?.bodyTruncated).toBe(true);
  });
});

const age = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

describe("pages", () => {
  test.each(["priority", "oldest", "newest"])(
    "by %s: nothing twice, nothing left out, while more arrive",
    async (sort) => {
      const { site, me } = await newSite();
      const before: { id: string; priority: number }[] = [];
      for (const priority of [5, 0, 5, 0, 0, 9, 5, 0, 0]) {
        before.push({ id: await checkedComment(ctx, site, { priority }), priority });
      }
      const arrivals = [9, 0, 5];
      const arrive = async () => {
        const priority = arrivals.pop();
        if (priority !== undefined) await checkedComment(ctx, site, { priority });
      };
      const seen = await walk(me, { sort, limit: 2 }, arrive);
      expect(new Set(seen).size).toBe(seen.length);
      const orders = {
        priority: before.toSorted((a, b) => b.priority - a.priority || age(a, b)),
        oldest: before.toSorted(age),
        newest: before.toSorted((a, b) => -age(a, b)),
      };
      const known = new Set(before.map(({ id }) => id));
      expect(seen.filter((id) => known.has(id))).toEqual(
        orders[sort as keyof typeof orders].map(({ id }) => id),
      );
    },
  );

  test("over several statuses and all sites", async () => {
    const admin = await signIn(ctx, null);
    const ids: string[] = [];
    for (const { site } of [await newSite(), await newSite()]) {
      for (const status of ["spam", "rejected", "spam"] as const) {
        ids.push(await checkedComment(ctx, site, { status, reason: "bot" }));
      }
    }
    const seen = await walk(
      admin,
      { status: ["rejected", "spam"], reason: "bot", limit: 2, sort: "newest" },
      async () => {},
    );
    expect(seen).toEqual(ids.toReversed());
    const page = await listQueue(ctx, admin, toQuery({ status: "spam" }));
    expect(page.counts).toBeNull();
  });

  test("a cursor belongs to its list", async () => {
    const { site, me } = await newSite();
    for (let count = 0; count < 3; count += 1) await checkedComment(ctx, site);
    const { next } = await listQueue(ctx, me, toQuery({ limit: 1 }));
    for (const query of [{ sort: "newest" }, { rule: "x" }, { status: ["held", "spam"], sort: "oldest" }]) {
      await expect(listQueue(ctx, me, toQuery({ limit: 1, ...query, cursor: next }))).rejects.toMatchObject({
        code: "invalid_input",
        fields: [{ path: "cursor" }],
      });
    }
    const other = await newSite();
    await expect(listQueue(ctx, other.me, toQuery({ cursor: next }))).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect((await listQueue(ctx, me, toQuery({ limit: 100, cursor: next }))).comments).toHaveLength(2);
  });
});

describe("refusals", () => {
  test("priority is for held comments, a thread needs its site", async () => {
    const { me } = await newSite();
    const query = toQuery({ status: ["held", "spam"], sort: "priority" });
    await expect(listQueue(ctx, me, query)).rejects.toMatchObject({ fields: [{ path: "sort" }] });
    const admin = await signIn(ctx, null);
    await expect(listQueue(ctx, admin, toQuery({ thread: "x" }))).rejects.toMatchObject({
      fields: [{ path: "site" }],
    });
  });

  test("another's site is not there, and its comments, threads and authors are not found", async () => {
    const [mine, theirs] = [await newSite(), await newSite()];
    await checkedComment(ctx, theirs.site, {}, { threadKey: "secret" });
    const [comment] = (await listQueue(ctx, theirs.me, toQuery())).comments;
    await expect(listQueue(ctx, mine.me, toQuery({ site: theirs.site.key }))).rejects.toMatchObject({
      code: "not_found",
      reason: "site_not_found",
    });
    for (const query of [
      {},
      { thread: "secret" },
      { thread: comment?.thread.id },
      { author: comment?.author.id },
    ]) {
      expect(await idsOf(mine.me, query)).toEqual([]);
    }
  });

  test("a search that takes too long is refused instead of hanging", async () => {
    const { me } = await newSite();
    const blocker = new Client({ connectionString: ctx.databaseUrl });
    await blocker.connect();
    try {
      await blocker.query("begin; lock table comments in access exclusive mode");
      await Promise.all([
        expect(listQueue(ctx, { ...me, siteId: null }, toQuery({ q: "needle" }))).rejects.toMatchObject({
          code: "invalid_input",
          reason: "search_too_broad",
        }),
        expect(listQueue(ctx, { ...me, siteId: null }, toQuery())).rejects.toMatchObject({
          code: "unavailable",
        }),
      ]);
    } finally {
      await blocker.end();
    }
  });
});
