import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCaches } from "../../src/caches.ts";
import { countComments } from "../../src/comments/count.ts";
import { listComments, type ListCommentsInput, type Sort } from "../../src/comments/list.ts";
import type { Database } from "../../src/db/database.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";

type Listed = {
  id: string;
  parentId: string | null;
  depth: number;
  replyCount: number;
  parentMissing: boolean;
};
type Page = { thread: { count: number } | null; comments: Listed[]; next: string | null };

const URL = "https://paper.example/long-thread";

function idsOf(body: Buffer): string[] {
  return (JSON.parse(body.toString()) as Page).comments.map(({ id }) => id);
}

describe("listComments", () => {
  let ctx: TestContext;
  let site: Site;
  let other: Site;
  const byId = new Map<string, { parentId: string | null; order: number }>();

  beforeAll(async () => {
    ctx = await openTestContext();
    site = await createTestSite(ctx, { preset: "open" });
    other = await createTestSite(ctx, { key: "other", preset: "open", origins: ["https://other.example"] });
    const open: string[] = [];
    // Three generations: each new comment answers a random earlier one, or none.
    for (let n = 0; n < 60; n += 1) {
      const parentId = n % 3 === 0 ? null : (open[(n * 7) % open.length] ?? null);
      const { id } = await submitTestComment(ctx, site, { url: URL, parentId });
      byId.set(id, { parentId, order: n });
      open.push(id);
      if (n % 10 === 9) await ctx.processAll();
      else await ctx.processAll();
    }
    await submitTestComment(ctx, other, { url: "https://other.example/a" });
    await ctx.processAll();
  });
  afterAll(() => ctx[Symbol.asyncDispose]());

  const page = async (sort: Sort, limit: number, cursor: string | null, of = site): Promise<Page> => {
    const found = await listComments(ctx, {
      site: of,
      article: { key: null, url: URL },
      sort,
      limit,
      cursor,
    });
    return JSON.parse((await found.render()).body.toString()) as Page;
  };
  const all = async (sort: Sort, limit: number): Promise<Listed[]> => {
    const comments: Listed[] = [];
    let cursor: string | null = null;
    do {
      const next: Page = await page(sort, limit, cursor);
      comments.push(...next.comments);
      cursor = next.next;
    } while (cursor !== null);
    return comments;
  };

  /** The tree read depth-first, replies by age, first comments by age or the other way round. */
  const expected = (sort: Sort): string[] => {
    const children = Map.groupBy(byId, ([, { parentId }]) => parentId);
    const walk = (id: string): string[] => [
      id,
      ...(children.get(id) ?? []).flatMap(([child]) => walk(child)),
    ];
    const roots = (children.get(null) ?? []).map(([id]) => id);
    return (sort === "oldest" ? roots : roots.toReversed()).flatMap(walk);
  };

  it.each(["oldest", "newest"] as const)("gives every comment once, depth-first, %s first", async (sort) => {
    for (const limit of [1, 7, 50, 100]) {
      expect((await all(sort, limit)).map((comment) => comment.id)).toEqual(expected(sort));
    }
  });

  it("tells depth, parents and replies", async () => {
    const comments = await all("oldest", 100);
    for (const comment of comments) {
      const parent = comments.find(({ id }) => id === comment.parentId);
      expect(comment.depth).toBe(parent ? parent.depth + 1 : 0);
      expect(comment.replyCount).toBe(comments.filter(({ parentId }) => parentId === comment.id).length);
      expect(comment.parentMissing).toBe(false);
    }
  });

  it("goes on where it was while new comments arrive", async () => {
    const first = await page("oldest", 10, null);
    const { id } = await submitTestComment(ctx, site, { url: URL });
    await ctx.processAll();
    byId.set(id, { parentId: null, order: 1_000 });
    const rest: Listed[] = [];
    for (let cursor = first.next; cursor !== null;) {
      const next = await page("oldest", 10, cursor);
      rest.push(...next.comments);
      cursor = next.next;
    }
    expect([...first.comments, ...rest].map((comment) => comment.id)).toEqual(expected("oldest"));
  });

  it("refuses a cursor of another list, and one that was touched", async () => {
    const { next } = await page("oldest", 5, null);
    await expect(page("newest", 5, next)).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ path: "cursor" }],
    });
    await expect(page("oldest", 5, `${next?.slice(0, -2)}zz`)).rejects.toMatchObject({
      code: "invalid_input",
    });
  });

  it("changes the ETag with every visible change and with nothing else", async () => {
    const etag = async () =>
      (
        await listComments(ctx, {
          site,
          article: { key: null, url: URL },
          sort: "oldest",
          limit: 10,
          cursor: null,
        })
      ).etag;
    const before = await etag();
    expect(await etag()).toBe(before);
    await submitTestComment(ctx, site, { url: URL, honeypotFilled: true });
    await ctx.processAll();
    expect(await etag()).toBe(before);
    const { id } = await submitTestComment(ctx, site, { url: URL });
    await ctx.processAll();
    byId.set(id, { parentId: null, order: 2_000 });
    expect(await etag()).not.toBe(before);
  });

  it("never shows one site's comments to another", async () => {
    expect(await page("oldest", 10, null, other)).toMatchObject({ thread: null, comments: [] });
  });

  it("knows nothing of an article nobody has commented on", async () => {
    const found = await listComments(ctx, {
      site,
      article: { key: null, url: "https://paper.example/new" },
      sort: "oldest",
      limit: 10,
      cursor: null,
    });
    expect(JSON.parse((await found.render()).body.toString())).toEqual({
      thread: null,
      comments: [],
      next: null,
    });
  });

  describe("asks the database", () => {
    const article = { key: null, url: URL };
    const first = { article, sort: "oldest", limit: 10, cursor: null } as const;
    /** A page as an instance makes it that has just started; `asked` names its questions. */
    const freshly = () => {
      const asked: string[] = [];
      const db: Database = {
        ...ctx.db,
        run: (statement, values) => {
          asked.push(statement.name);
          return ctx.db.run(statement, values);
        },
      };
      const fresh = { ...ctx, db, caches: createCaches({ site: async () => site }) };
      const list = async (input: Partial<ListCommentsInput> = {}) =>
        listComments(fresh, { site, ...first, ...input });
      return { asked, caches: fresh.caches, list };
    };

    it.each(["oldest", "newest"] as const)("once for a thread and its first page, %s first", async (sort) => {
      const { asked, list } = freshly();
      const { etag, thread, render } = await list({ sort });
      expect(idsOf((await render()).body)).toEqual(expected(sort).slice(0, 10));
      expect(asked).toEqual([`comments.thread-by-url-with-${sort}`]);
      expect((await list({ sort })).etag).toBe(etag);
      expect(thread?.publishedCount).toBe(byId.size);
    });

    it("by the publisher's key, and by the address when the key is new", async () => {
      const { asked, list } = freshly();
      // The key that a thread has until its publisher gives it one.
      const byKey = await (await list({ article: { key: URL, url: null } })).render();
      const byUrl = await (await list({ article: { key: "not-yet", url: URL } })).render();
      expect(idsOf(byKey.body)).toEqual(expected("oldest").slice(0, 10));
      expect(byUrl).toEqual(byKey);
      expect(asked).toEqual([
        "comments.thread-by-key-with-oldest",
        "comments.thread-by-key-with-oldest",
        "comments.thread-by-url-with-oldest",
      ]);
    });

    it("for the thread alone when the caller may have the page", async () => {
      const { asked, list } = freshly();
      const { etag, render } = await list({ conditional: true });
      expect(asked).toEqual(["threads.by-url"]);
      expect(etag).toBe((await freshly().list()).etag);
      expect(idsOf((await render()).body)).toEqual(expected("oldest").slice(0, 10));
    });

    it("for no page that it has kept, which it does from the second time on", async () => {
      const { asked, caches, list } = freshly();
      const pages = [];
      for (let time = 0; time < 3; time += 1) pages.push(await (await list()).render());
      expect(asked).toEqual(["comments.thread-by-url-with-oldest", "comments.page-oldest"]);
      expect(pages[2]).toBe(pages[1]);
      for (const [key, entry] of caches.threads.entries()) {
        caches.threads.set(key, entry, { start: performance.now() - 60_000 });
      }
      expect(await (await list()).render()).toBe(pages[1]);
      expect(asked.slice(2)).toEqual(["threads.by-url"]);
    });
  });

  it("counts many articles at once, by any variant of their address", async () => {
    const urls = [`${URL}?fbclid=1`, "https://paper.example/none"];
    const counts = await countComments(ctx, site, { urls, keys: ["nothing", "__proto__"] });
    expect(Object.entries(counts)).toEqual([
      [`${URL}?fbclid=1`, byId.size],
      ["https://paper.example/none", 0],
      ["nothing", 0],
      ["__proto__", 0],
    ]);
  });
});
