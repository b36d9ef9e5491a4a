import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../src/accounts/principal.ts";
import type { Context } from "../../../src/context.ts";
import { createLog } from "../../../src/log.ts";
import { learnDecisions } from "../../../src/moderation/learning/learn-decisions.ts";
import { loadModels } from "../../../src/moderation/learning/load-models.ts";
import { loadSiteLayer } from "../../../src/moderation/learning/load-site-layer.ts";
import { rebuildModel } from "../../../src/moderation/learning/rebuild-model.ts";
import { upgradeModels, wantThisModel } from "../../../src/moderation/learning/upgrade-models.ts";
import { loadBaseModel } from "../../../src/moderation/model/base-model.ts";
import { serialiseSiteLayer } from "../../../src/moderation/model/site-layer.ts";
import { decideComment } from "../../../src/moderation/review/decide-comment.ts";
import { openContext } from "../../../src/open-context.ts";
import type { Site } from "../../../src/sites/site.ts";
import { sweepOnce } from "../../../workers/sweep.ts";
import { BACKENDS } from "../../support/backends.ts";
import { openTestContext, TEST_SECRET, testConfig, type TestContext } from "../../support/context.ts";
import { createTestSite } from "../../support/fixtures.ts";
import { checkedComment, manualClock, owedFor, signIn, versionOf } from "../review-support.ts";
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

/** A comment that is marked as spam, and not learned from yet. */
async function markSpam(site: Site, n: number, by = olena, on: TestContext = ctx): Promise<string> {
  const id = await checkedComment(on, site, {}, { body: meadowText(n), name: `Reader ${n}` });
  await decideComment(on, by, id, { version: await versionOf(on, id), action: "spam", note: null });
  return id;
}

/** Another process on the same database, perhaps of another release. */
async function openOther(baseVersion?: string): Promise<Context> {
  const config = testConfig();
  const base = await loadBaseModel();
  return openContext({
    config,
    log: createLog({ level: config.log.level }),
    databaseUrl: ctx.databaseUrl,
    secrets: { current: TEST_SECRET, previous: [] },
    ...(baseVersion && { loadModel: async () => ({ ...base, version: baseVersion }) }),
  });
}

async function layerOn(worker: Context, site: Site): Promise<string> {
  const layer = (await loadModels(worker, [site.id])).get(site.id)?.layer;
  return layer ? Buffer.from(serialiseSiteLayer(layer)).toString("base64") : "";
}

describe("several workers", () => {
  test("learn side by side without losing anything, and come to the same model", async () => {
    await using other = await openOther();
    const [site, alone] = [await newSite(), await newSite()];
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await markSpam(site, n));
    await Promise.all(ids.map((id, n) => learnDecisions(n % 2 ? ctx : other, [id])));
    // Whoever found the other at work has given its part back.
    for (const id of ids) await learnDecisions(other, [id]);
    for (let n = 0; n < 12; n += 1) await learnDecisions(ctx, [await markSpam(alone, n)]);
    const { layer } = await newestModel(ctx, alone);
    expect(await newestModel(ctx, site)).toMatchObject({ layer });
    await expect.poll(() => layerOn(ctx, site), { timeout: 2_000 }).toBe(layer);
    await expect.poll(() => layerOn(other, site), { timeout: 2_000 }).toBe(layer);
  });

  test("of which one is killed in the middle: the work is owed as before, and done once", async () => {
    const site = await newSite();
    const id = await markSpam(site, 1);
    const dying: Context = {
      ...ctx,
      db: {
        ...ctx.db,
        transaction: (work) =>
          ctx.db.transaction(async (tx) => {
            await work(tx);
            throw new Error("killed before the commit");
          }),
      },
    };
    await learnDecisions(dying, [id]);
    expect(await owedFor(ctx, id)).toEqual(["model.learn"]);
    expect(await newestModel(ctx, site)).toMatchObject({ version: 0 });
    await learnDecisions(ctx, [id]);
    expect(await owedFor(ctx, id)).toEqual([]);
    expect(await newestModel(ctx, site)).toMatchObject({ version: 1 });
  });
});

test("a new base model has every site's model made anew, and the old release leaves it alone", async () => {
  const site = await newSite();
  await learnDecisions(ctx, [await markSpam(site, 1)]);
  const before = await newestModel(ctx, site);
  await using next = await openOther("another-base");
  await wantThisModel(next);
  expect(await layerOn(next, site)).toBe("");
  await upgradeModels(next);
  expect(await newestModel(ctx, site)).toEqual({ version: before.version + 1, layer: before.layer });
  next.caches.modelChecks.clear();
  expect(await layerOn(next, site)).toBe(before.layer);
  const late = await markSpam(site, 2);
  await learnDecisions(ctx, [late]);
  expect(await owedFor(ctx, late)).toEqual(["model.learn"]);
  expect((await loadModels(ctx, [site.id])).get(site.id)).toMatchObject({ layerVersion: before.version });
  await expect(loadSiteLayer(ctx, site, before.version + 1)).rejects.toMatchObject({ reason: "other_base" });
  await learnDecisions(next, [late]);
  expect(await newestModel(ctx, site)).toMatchObject({ version: before.version + 2 });
});

test("only the newest versions are kept, and the last of each day", async () => {
  const clock = manualClock();
  await using own = await openTestContext({ clock });
  const site = await createTestSite(own);
  for (let n = 0; n < 26; n += 1) {
    await rebuildModel(own, { site, by: "test" });
    if (n === 1 || n === 3) clock.advance(86_400);
  }
  const rows = await own.db.kysely
    .selectFrom("model_versions")
    .select("version")
    .orderBy("version")
    .execute();
  expect(rows.map(({ version }) => version)).toEqual([2, 4, ...Array.from({ length: 20 }, (_, n) => n + 7)]);
});

test.each(BACKENDS)("what the queue lost is learned all the same (queue on %s)", async (backend) => {
  const clock = manualClock();
  await using own = await openTestContext({ backend, clock });
  const site = await createTestSite(own);
  const moderator = await signIn(own, site, { name: "Marko" });
  const deaf = Object.assign(Object.create(own) as TestContext, { dispatch: () => {} });
  const id = await markSpam(site, 1, moderator, deaf);
  expect(await owedFor(own, id)).toEqual(["model.learn"]);
  clock.advance(11);
  expect(await sweepOnce(own)).toBeGreaterThan(0);
  await own.processAll();
  expect(await owedFor(own, id)).toEqual([]);
  expect(await newestModel(own, site)).toMatchObject({ version: 1 });
});
