import { afterAll, beforeAll, expect, test } from "vitest";
import type { Principal } from "../../src/accounts/principal.ts";
import { getAuthor } from "../../src/moderation/review/get-author.ts";
import { setAuthorStatus } from "../../src/moderation/review/set-author-status.ts";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";
import { checkedComment, commentState, counters, eventTypes, signIn } from "./review-support.ts";

let ctx: TestContext;
let site: Site;
let me: Principal;

beforeAll(async () => {
  ctx = await openTestContext();
  site = await createTestSite(ctx);
  me = await signIn(ctx, site, { name: "Olena" });
});
afterAll(() => ctx[Symbol.asyncDispose]());

const ban = { status: "banned", note: "third time", comments: "leave" } as const;

/** One comment of each status by one author. */
async function prolificAuthor(email: string) {
  const published = await checkedComment(ctx, site, { status: "published" }, { email });
  const held = await checkedComment(ctx, site, { priority: 5 }, { email });
  const spam = await checkedComment(ctx, site, { status: "spam", reason: "bot" }, { email });
  const pending = (await submitTestComment(ctx, site, { email })).id;
  const { author_id: id } = await commentState(ctx, held);
  return { id, published, held, spam, pending };
}

async function statuses(author: Awaited<ReturnType<typeof prolificAuthor>>) {
  const { published, held, spam, pending } = author;
  return Promise.all(
    [published, held, spam, pending].map(async (id) => (await commentState(ctx, id)).status),
  );
}

test("a ban alone leaves the comments, and is recorded once however often it is sent", async () => {
  const author = await prolificAuthor("a@readers.example");
  const first = await setAuthorStatus(ctx, me, { ...ban, id: author.id });
  expect(first).toEqual({ id: author.id, status: "banned", changed: true, rejected: 0, more: false });
  expect(await setAuthorStatus(ctx, me, { ...ban, id: author.id })).toMatchObject({ changed: false });
  expect(await statuses(author)).toEqual(["published", "held", "spam", "pending"]);
  await setAuthorStatus(ctx, me, { ...ban, id: author.id, status: "normal", note: null });
  const { changes, status } = await getAuthor(ctx, me, author.id);
  expect(status).toBe("normal");
  expect(changes).toMatchObject([
    { from: "banned", to: "normal", by: "Olena", note: null },
    { from: "normal", to: "banned", by: "Olena", note: "third time" },
  ]);
});

test("a ban can reject what waits, with a reason, through the one path of all decisions", async () => {
  const author = await prolificAuthor("b@readers.example");
  const result = await setAuthorStatus(ctx, me, { ...ban, id: author.id, comments: "reject_held" });
  expect(result).toMatchObject({ changed: true, rejected: 2, more: false });
  expect(await statuses(author)).toEqual(["published", "rejected", "spam", "rejected"]);
  expect(await commentState(ctx, author.held)).toMatchObject({
    reason: "banned_author",
    decided_by: "Olena",
  });
  expect(await eventTypes(ctx, author.held)).toEqual([
    "comment.submitted",
    "comment.held",
    "comment.rejected",
  ]);
  expect(await counters(ctx, author.held)).toMatchObject({
    published_count: 1,
    held_count: 0,
    rejected_count: 2,
  });
});

test("or all that is not rejected already, and goes on when asked again", async () => {
  const author = await prolificAuthor("c@readers.example");
  const input = { ...ban, id: author.id, comments: "reject_all" } as const;
  const threadBefore = (await counters(ctx, author.held)).thread;
  expect(await setAuthorStatus(ctx, me, input)).toMatchObject({ rejected: 3, more: false });
  expect(await statuses(author)).toEqual(["rejected", "rejected", "spam", "rejected"]);
  expect((await counters(ctx, author.held)).thread).toBe(threadBefore - 1);
  const late = await checkedComment(ctx, site, {}, { email: "c@readers.example" });
  expect(await setAuthorStatus(ctx, me, input)).toMatchObject({ changed: false, rejected: 1 });
  expect(await commentState(ctx, late)).toMatchObject({ status: "rejected" });
});

test("more than a batch of comments", async () => {
  const email = "d@readers.example";
  const ids = await Promise.all(
    Array.from({ length: 130 }, async () => (await submitTestComment(ctx, site, { email })).id),
  );
  const { author_id: id } = await commentState(ctx, ids[0] ?? "");
  expect(await setAuthorStatus(ctx, me, { ...ban, id, comments: "reject_held" })).toMatchObject({
    rejected: 130,
    more: false,
  });
  expect(await counters(ctx, ids[0] ?? "")).toMatchObject({ rejected_count: 130 });
});

test("needs the scopes, and finds no author of another site", async () => {
  const author = await prolificAuthor("e@readers.example");
  const reader = await signIn(ctx, site, { scopes: ["comments:read", "comments:moderate"] });
  await expect(setAuthorStatus(ctx, reader, { ...ban, id: author.id })).rejects.toMatchObject({
    code: "forbidden",
  });
  const manager = await signIn(ctx, site, { scopes: ["authors:manage"] });
  const rejecting = { ...ban, id: author.id, comments: "reject_held" } as const;
  await expect(setAuthorStatus(ctx, manager, rejecting)).rejects.toMatchObject({ code: "forbidden" });
  await expect(getAuthor(ctx, manager, author.id)).rejects.toMatchObject({ code: "forbidden" });
  const stranger = await signIn(ctx, await createTestSite(ctx, { key: "other" }));
  await expect(setAuthorStatus(ctx, stranger, rejecting)).rejects.toMatchObject({ code: "not_found" });
  await expect(getAuthor(ctx, stranger, author.id)).rejects.toMatchObject({ code: "not_found" });
  expect(await statuses(author)).toEqual(["published", "held", "spam", "pending"]);
  expect((await getAuthor(ctx, me, author.id)).status).toBe("normal");
});
