import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { newId } from "../../src/ids.ts";
import { checkComments } from "../../src/moderation/check.ts";
import { reproduceDecisions } from "../../src/moderation/reproduce-decisions.ts";
import { savePolicyVersion } from "../../src/sites/policies.ts";
import { getSite, type Site } from "../../src/sites/site.ts";
import { readPreset } from "../../src/moderation/policy/presets.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { createSend, decisionUrl, type Send } from "./review-support.ts";

const LINKS =
  "Two places to read on: https://one.example/a and https://two.example/b, both are worth your while.";

let ctx: TestContext;
let site: Site;
let send: Send;

beforeAll(async () => {
  ctx = await openTestContext();
  site = await createTestSite(ctx);
  send = createSend(createApp(ctx), await createTestToken(ctx, { kind: "mod", name: "Olena", site }));
});
afterAll(() => ctx[Symbol.asyncDispose]());

const auditUrl = (id: string) => `/v1/review/comments/${id}/audit`;

async function heldForLinks(): Promise<string> {
  const { id } = await submitTestComment(ctx, site, { body: LINKS.replace("a and", `${newId()} and`) });
  await checkComments(ctx, [id]);
  return id;
}

test("tells every decision with its grounds, and that they lead to it again", async () => {
  const id = await heldForLinks();
  await send("POST", decisionUrl(id), { json: { version: 2, action: "publish", note: "Both read." } });
  const { status, body } = await send("GET", auditUrl(id));
  expect(status).toBe(200);
  expect(body).toMatchObject({
    comment: { id, site: "paper", status: "published", version: 3 },
    decisions: [
      {
        by: { kind: "policy", name: "many-links" },
        action: "hold",
        policyVersion: 1,
        automatic: {
          policy: { version: 1, name: "balanced" },
          model: expect.stringMatching(/^[0-9a-f]{12}$/),
          signals: { links: expect.any(Number), style: expect.any(Number) },
          explanation: { summary: expect.stringContaining("links.count is 2") },
          reproduction: { outcome: "same" },
        },
      },
      { by: { kind: "moderator", name: "Olena" }, action: "publish", note: "Both read.", automatic: null },
    ],
    auditedWith: { parley: expect.stringMatching(/^\d+\.\d+\.\d+/) },
  });
  const text = JSON.stringify(body);
  expect(text).not.toContain("worth your while");
  expect(text).not.toContain("@readers.example");
});

test("decides by the policy of the time, whatever is in force since", async () => {
  const id = await heldForLinks();
  const source = await readPreset("open");
  await savePolicyVersion(ctx, { siteKey: site.key, source, note: null, createdBy: "test" });
  const { body } = await send("GET", auditUrl(id));
  expect(body.decisions[0]).toMatchObject({
    automatic: { policy: { version: 1, name: "balanced" }, reproduction: { outcome: "same" } },
  });
  const now = await getSite(ctx, site.key);
  expect(now.policyVersion).toBe(2);
});

test("says what does not come out as it was recorded, and what cannot be told", async () => {
  const own = await createTestSite(ctx, { key: "tampered" });
  const token = await createTestToken(ctx, { kind: "mod", site: own });
  const make = async () => {
    const { id } = await submitTestComment(ctx, own);
    await checkComments(ctx, [id]);
    return id;
  };
  const [whole, tampered, unreadable, orphan] = [await make(), await make(), await make(), await make()];
  const change = (id: string, values: { evidence?: string; policy_version?: number }) =>
    ctx.db.kysely.updateTable("decisions").set(values).where("comment_id", "=", id).execute();
  const evidence = { values: { "form.honeypot": true }, versions: { form: 1 } };
  await change(tampered, { evidence: JSON.stringify(evidence) });
  await change(unreadable, { evidence: JSON.stringify("?") });
  await change(orphan, { policy_version: 99 });

  const reproductionOf = async (id: string) => {
    const { body } = await send("GET", auditUrl(id), { token });
    const [decision] = body.decisions as { automatic?: { reproduction: unknown } }[];
    return decision?.automatic?.reproduction;
  };
  expect(await reproductionOf(whole)).toEqual({ outcome: "same" });
  const differs = { outcome: "differs", action: "spam", rule: "honeypot", reason: "bot" };
  expect(await reproductionOf(tampered)).toEqual(differs);
  expect(await reproductionOf(unreadable)).toEqual({ outcome: "impossible", why: "evidence_unreadable" });
  expect(await reproductionOf(orphan)).toEqual({ outcome: "impossible", why: "policy_unknown" });

  const report = await reproduceDecisions(ctx, own, 100);
  expect(report).toMatchObject({ decisions: 4, same: 1 });
  expect(report.others.map(({ commentId }) => commentId).toSorted()).toEqual(
    [tampered, unreadable, orphan].toSorted(),
  );
  expect(await reproduceDecisions(ctx, own, 2)).toMatchObject({ decisions: 2, same: 0 });
});

test("is for those who may read the site's comments", async () => {
  const id = await heldForLinks();
  const other = await createTestSite(ctx, { key: "elsewhere" });
  const theirs = await createTestToken(ctx, { kind: "mod", site: other });
  expect(await send("GET", auditUrl(id), { token: theirs })).toMatchObject({ status: 404 });
  expect(await send("GET", auditUrl(id), { token: null })).toMatchObject({ status: 401 });
  expect(await send("GET", auditUrl("nonsense"))).toMatchObject({ status: 404 });
});
