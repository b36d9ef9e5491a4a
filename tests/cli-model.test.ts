import { expect, test, vi } from "vitest";
import { UsageError } from "../src/cli/command.ts";
import { modelRebuild } from "../src/cli/model-rebuild.ts";
import { modelRollback } from "../src/cli/model-rollback.ts";
import { modelShow } from "../src/cli/model-show.ts";
import { learnDecisions } from "../src/moderation/learning/learn-decisions.ts";
import { decideComment } from "../src/moderation/review/decide-comment.ts";
import { meadowText } from "./moderation/learning/support.ts";
import { checkedComment, signIn } from "./moderation/review-support.ts";
import { openTestContext, type TestContext } from "./support/context.ts";
import { createTestSite } from "./support/fixtures.ts";

test("a site's model is shown, rolled back and rebuilt", async () => {
  await using ctx = await openTestContext();
  const site = await createTestSite(ctx);
  const id = await checkedComment(ctx, site, {}, { body: meadowText(1) });
  const olena = await signIn(ctx, site, { name: "Olena" });
  await decideComment(ctx, olena, id, { version: 2, action: "spam", note: null });
  await learnDecisions(ctx, [id]);
  const run = (command: typeof modelShow, args: Record<string, string>) =>
    printed(() => command.run({ args, options: {}, open: () => Promise.resolve(keptOpen(ctx)) }));

  const shown = await run(modelShow, { SITE: "paper" });
  expect(shown).toContain(`Model ${ctx.baseModel?.version}+1 from 1 decisions, last learned `);
  expect(shown).toMatch(/^spam +1 +0$/m);
  expect(shown).toMatch(/^1 .* learned .* 1 +\d+ /m);
  expect(await run(modelRollback, { SITE: "paper", VERSION: "0" })).toBe(
    "Version 2 of paper's model is what version 0 was.\n",
  );
  expect(await run(modelRebuild, { SITE: "paper" })).toBe(
    "Version 3 of paper's model is made from its decisions.\n",
  );
  expect(await run(modelShow, { SITE: "paper" })).toMatch(/^2 .* rolled_back to 0 +command line +0 /m);
  await expect(run(modelRollback, { SITE: "paper", VERSION: "one" })).rejects.toThrow(UsageError);
  await expect(run(modelRollback, { SITE: "paper", VERSION: "9" })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(run(modelShow, { SITE: "nowhere" })).rejects.toMatchObject({ code: "not_found" });
});

/** A command closes what it opened; this goes on. */
function keptOpen(ctx: TestContext): TestContext {
  return Object.assign(Object.create(ctx) as TestContext, { [Symbol.asyncDispose]: async () => {} });
}

async function printed(run: () => Promise<number>): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    expect(await run()).toBe(0);
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}
