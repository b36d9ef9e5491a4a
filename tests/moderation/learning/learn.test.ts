import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../src/accounts/principal.ts";
import { editComment } from "../../../src/comments/edit.ts";
import { issueEditToken } from "../../../src/comments/edit-token.ts";
import { getModel } from "../../../src/moderation/learning/get-model.ts";
import { learnDecisions } from "../../../src/moderation/learning/learn-decisions.ts";
import { loadModels } from "../../../src/moderation/learning/load-models.ts";
import { rebuildModel } from "../../../src/moderation/learning/rebuild-model.ts";
import { extractFeatures } from "../../../src/moderation/model/features.ts";
import { scoreFeatures } from "../../../src/moderation/model/score.ts";
import type { ModelTask } from "../../../src/moderation/model/tasks.ts";
import { decideComment } from "../../../src/moderation/review/decide-comment.ts";
import { verdictSchema } from "../../../src/moderation/review/schema.ts";
import { undoDecision } from "../../../src/moderation/review/undo-decision.ts";
import { normaliseText } from "../../../src/moderation/text.ts";
import { oweAll } from "../../../src/queue/outbox.ts";
import type { Site } from "../../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../../support/context.ts";
import { createTestSite } from "../../support/fixtures.ts";
import { checkedComment, owedFor, signIn, versionOf } from "../review-support.ts";
import { meadowText, newestModel } from "./support.ts";

let ctx: TestContext;
let olena: Principal;
let sites = 0;

beforeAll(async () => {
  ctx = await openTestContext();
  olena = await signIn(ctx, null, { name: "Olena" });
});
afterAll(() => ctx[Symbol.asyncDispose]());

const newSite = () => createTestSite(ctx, { key: `paper-${(sites += 1)}` });

type Verdict = { action: string; reason?: string };

async function decide(id: string, verdict: Verdict, by = olena): Promise<string> {
  const version = await versionOf(ctx, id);
  return (await decideComment(ctx, by, id, verdictSchema.parse({ ...verdict, version }))).decisionId;
}

const write = (site: Site, n: number) =>
  checkedComment(ctx, site, {}, { body: meadowText(n), name: `Reader ${n}` });

/** Decides a comment of its own and learns from it. */
async function teach(site: Site, n: number, verdict: Verdict): Promise<{ id: string; decisionId: string }> {
  const id = await write(site, n);
  const decisionId = await decide(id, verdict);
  await learnDecisions(ctx, [id]);
  return { id, decisionId };
}

const undo = async (decisionId: string, id: string) => {
  await undoDecision(ctx, olena, { id: decisionId, note: null, requestId: null });
  await learnDecisions(ctx, [id]);
};

async function score(site: Site, body: string, task: ModelTask): Promise<number> {
  const model = (await loadModels(ctx, [site.id])).get(site.id);
  if (!model) throw new Error("no model");
  const features = extractFeatures({ text: normaliseText(body), name: "Reader 1", website: null });
  return scoreFeatures(model.base, model.layer, features)[task]?.probability ?? Number.NaN;
}

describe("what a decision teaches", () => {
  test("spam, at once and for similar texts only", async () => {
    const site = await newSite();
    const before = await score(site, meadowText(1), "spam");
    const other = await score(site, "The ferry costs the island more than it earns.", "spam");
    for (const n of [1, 2, 3]) await teach(site, n, { action: "spam" });
    expect(await score(site, meadowText(1), "spam")).toBeGreaterThan(before * 5);
    const after = await score(site, "The ferry costs the island more than it earns.", "spam");
    expect(Math.abs(after - other)).toBeLessThan(0.2);
    expect(await getModel(ctx, site)).toMatchObject({
      version: 3,
      model: `${ctx.baseModel?.version}+3`,
      examples: 3,
      tasks: { spam: { positive: 3, negative: 0 }, toxic: { positive: 0, negative: 0 } },
    });
  });

  test.each([
    [{ action: "reject", reason: "insult" }, ["toxic", "insult"]],
    [{ action: "reject", reason: "hate" }, ["toxic", "identityAttack"]],
    [{ action: "reject", reason: "threat" }, ["toxic", "threat"]],
    [{ action: "reject", reason: "profanity" }, ["toxic", "obscene"]],
    [{ action: "reject", reason: "spam" }, ["spam"]],
  ] as [Verdict, ModelTask[]][])("%o teaches %j and nothing else", async (verdict, taught) => {
    const site = await newSite();
    const tasks = ["spam", "toxic", "insult", "threat", "identityAttack", "obscene"] as const;
    const before = await Promise.all(tasks.map((task) => score(site, meadowText(1), task)));
    await teach(site, 1, verdict);
    for (const [index, task] of tasks.entries()) {
      const moved = (await score(site, meadowText(1), task)) - (before[index] ?? 0);
      if (taught.includes(task)) expect(moved, task).toBeGreaterThan(0);
      else expect(moved, task).toBe(0);
    }
  });

  test.each([
    { action: "hold" },
    { action: "reject", reason: "off_topic" },
    { action: "reject", reason: "personal_data" },
  ])("%o teaches nothing", async (verdict) => {
    const site = await newSite();
    const { id } = await teach(site, 1, verdict);
    expect(await newestModel(ctx, site)).toEqual({ version: 0, layer: "" });
    expect(await owedFor(ctx, id)).toEqual([]);
  });

  test("the policy does not teach itself", async () => {
    const site = await newSite();
    const id = await checkedComment(ctx, site, { status: "spam", reason: "spam" });
    expect(await owedFor(ctx, id)).toEqual([]);
    await rebuildModel(ctx, { site, by: "test" });
    expect(await getModel(ctx, site)).toMatchObject({ examples: 0 });
  });

  test("the text that was decided about, also when its author edits it later", async () => {
    const [edited, same] = [await newSite(), await newSite()];
    const { id } = await teach(edited, 1, { action: "publish" });
    await teach(edited, 2, { action: "spam" });
    await teach(same, 1, { action: "publish" });
    await teach(same, 2, { action: "spam" });
    const token = issueEditToken(ctx.keys.editToken, id);
    await editComment(ctx, { site: edited, id, token, body: "Quite another text.", requestId: null });
    await rebuildModel(ctx, { site: edited, by: "test" });
    expect((await newestModel(ctx, edited)).layer).toBe((await newestModel(ctx, same)).layer);
  });
});

describe("unlearning", () => {
  test("a decision that is undone was never learned, also in the midst of others", async () => {
    const [undone, never] = [await newSite(), await newSite()];
    await teach(undone, 1, { action: "spam" });
    const { id, decisionId } = await teach(undone, 2, { action: "reject", reason: "insult" });
    for (const n of [3, 4]) await teach(undone, n, { action: "spam" });
    for (const n of [1, 3, 4]) await teach(never, n, { action: "spam" });
    expect((await newestModel(ctx, undone)).layer).not.toBe((await newestModel(ctx, never)).layer);
    await undo(decisionId, id);
    expect((await newestModel(ctx, undone)).layer).toBe((await newestModel(ctx, never)).layer);
    expect(await getModel(ctx, undone)).toMatchObject({ examples: 3, tasks: { insult: { positive: 0 } } });
  });

  test("a decision that was overturned counts as the later one only, until that is undone", async () => {
    const [overturned, later] = [await newSite(), await newSite()];
    const first = await teach(overturned, 1, { action: "reject", reason: "hate" });
    const before = await newestModel(ctx, overturned);
    const decisionId = await decide(first.id, { action: "spam" });
    await learnDecisions(ctx, [first.id]);
    await teach(later, 1, { action: "spam" });
    expect((await newestModel(ctx, overturned)).layer).toBe((await newestModel(ctx, later)).layer);
    await undo(decisionId, first.id);
    expect((await newestModel(ctx, overturned)).layer).toBe(before.layer);
  });

  test("one that comes to teach nothing is taken out", async () => {
    const site = await newSite();
    const { id } = await teach(site, 1, { action: "spam" });
    await decide(id, { action: "reject", reason: "off_topic" });
    await learnDecisions(ctx, [id]);
    expect(await getModel(ctx, site)).toMatchObject({ version: 2, examples: 0 });
    expect(await score(site, meadowText(1), "spam")).toBe(
      await score(await newSite(), meadowText(1), "spam"),
    );
  });

  test("a text that was erased is taken out, a comment that its author removed is not", async () => {
    const [erased, never] = [await newSite(), await newSite()];
    const { id } = await teach(erased, 1, { action: "spam" });
    await teach(erased, 2, { action: "spam" });
    await teach(never, 2, { action: "spam" });
    await ctx.db.kysely.updateTable("comments").set({ status: "removed" }).where("id", "=", id).execute();
    await ctx.db.transaction((tx) => oweAll(tx, "model.learn", [id], new Date()));
    await learnDecisions(ctx, [id]);
    expect(await getModel(ctx, erased)).toMatchObject({ examples: 2 });
    await ctx.db.kysely.deleteFrom("comments").where("id", "=", id).execute();
    await ctx.db.transaction((tx) => oweAll(tx, "model.learn", [id], new Date()));
    await learnDecisions(ctx, [id]);
    expect((await newestModel(ctx, erased)).layer).toBe((await newestModel(ctx, never)).layer);
  });
});

describe("learning decision by decision is making it anew", () => {
  const VERDICTS: Verdict[] = [
    { action: "publish" },
    { action: "spam" },
    { action: "reject", reason: "insult" },
    { action: "reject", reason: "threat" },
    { action: "reject", reason: "off_topic" },
    { action: "hold" },
  ];
  const LIMITS = { examplesMax: 12, examplesSlack: 6 };

  test.each([
    ["with all there is", undefined],
    ["with a window that moves on", LIMITS],
  ])("%s", async (_, limits) => {
    const site = await newSite();
    const marko = await signIn(ctx, site, { name: "Marko" });
    const ids: string[] = [];
    const made: { id: string; decisionId: string }[] = [];
    for (let n = 0; n < 40; n += 1) {
      // Some texts come again, some comments are decided again, some decisions are taken back.
      const id = n % 5 === 4 ? (ids[n % ids.length] ?? "") : await write(site, n % 17);
      ids.push(id);
      const verdict = VERDICTS[(n * 7) % VERDICTS.length] ?? { action: "spam" };
      made.push({ id, decisionId: await decide(id, verdict, n % 3 ? olena : marko) });
      if (n % 4 === 3) {
        const back = made.at(-2)?.decisionId ?? "";
        await undoDecision(ctx, olena, { id: back, note: null, requestId: null }).catch(() => undefined);
      }
      // Late ones first, and some not for a while.
      if (n % 3 === 2)
        for (const each of made.slice(-3).toReversed()) await learnDecisions(ctx, [each.id], limits);
    }
    for (const { id } of made) await learnDecisions(ctx, [id], limits);
    const step = await newestModel(ctx, site);
    const { examples } = await getModel(ctx, site);
    expect(examples).toBeGreaterThan(8);
    await rebuildModel(ctx, { site, by: "test" }, limits);
    const anew = await newestModel(ctx, site);
    expect(anew).toEqual({ version: step.version + 1, layer: step.layer });
    expect(await getModel(ctx, site)).toMatchObject({ examples });
  });

  test("a decision that comes late takes its place in the order", async () => {
    const [late, inOrder] = [await newSite(), await newSite()];
    const [a, b] = [await write(late, 1), await write(late, 2)];
    await decide(a, { action: "spam" });
    await decide(b, { action: "publish" });
    await learnDecisions(ctx, [b]);
    await learnDecisions(ctx, [a]);
    await teach(inOrder, 1, { action: "spam" });
    await teach(inOrder, 2, { action: "publish" });
    expect((await newestModel(ctx, late)).layer).toBe((await newestModel(ctx, inOrder)).layer);
  });
});

test("a job that comes again changes nothing, and what changes nothing makes no version", async () => {
  const site = await newSite();
  const { id } = await teach(site, 1, { action: "spam" });
  const before = await newestModel(ctx, site);
  await learnDecisions(ctx, [id]);
  await ctx.db.transaction((tx) => oweAll(tx, "model.learn", [id], new Date()));
  await learnDecisions(ctx, [id]);
  // The model knew that much: it is an example all the same.
  const body = "The ferry costs the island more than it earns, and the council knows it.";
  const civil = await checkedComment(ctx, site, {}, { body, name: "Ann" });
  await decide(civil, { action: "publish" });
  await learnDecisions(ctx, [civil]);
  expect(await newestModel(ctx, site)).toEqual(before);
  expect(await getModel(ctx, site)).toMatchObject({ version: before.version, examples: 2 });
});
