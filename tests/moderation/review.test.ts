import { expect, test } from "vitest";
import { listQueue } from "../../src/moderation/review/list-queue.ts";
import { openTestContext } from "../support/context.ts";
import { createTestSite } from "../support/fixtures.ts";
import { checkedComment, signIn, toQuery } from "./review-support.ts";

test("smoke", async () => {
  await using ctx = await openTestContext();
  const site = await createTestSite(ctx);
  const id = await checkedComment(ctx, site);
  const me = await signIn(ctx, site);
  const page = await listQueue(ctx, me, toQuery());
  console.log(JSON.stringify(page, null, 1));
  expect(page.comments.map((c) => c.id)).toEqual([id]);
});
