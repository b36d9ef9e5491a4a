import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/sites/site.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite, createTestToken, submitTestComment } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";

let ctx: TestContext;
let server: TestServer;
let site: Site;
let token: string;

beforeAll(async () => {
  ctx = await openTestContext({ env: { PORT: "0" } });
  server = await startTestHttp(ctx);
  site = await createTestSite(ctx, { preset: "open" });
  token = await createTestToken(ctx, { name: "Ada", site, scopes: ["policies:manage"] });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await ctx[Symbol.asyncDispose]();
});

const POLICY = "/v1/sites/paper/policy";
const HOLD_ALL = `# the editors' own words stay
version: 1
name: Quiet days
rules:
  - id: links
    description: Any link waits
    when: links.count > 0
    then: hold
    reason: links
otherwise: hold
`;
const FAULTY = `version: 1
name: Faulty
rules:
  - id: one
    description: A fact that is not
    when: links.cuont > 2 && author.publishedd == 0
    then: hold
    reason: links
  - id: two
    description: No such action
    when: links.count > 2
    then: burn
    reason: links
otherwise: hold
`;

/** Of all answers what the tests look into. */
type Json = {
  version: number;
  source: string;
  errors: { path: string; message: string }[];
  inForce: number;
  versions: { version: number }[];
  next: string | null;
};

async function put(source: string, note?: string): Promise<{ status: number; body: Json }> {
  const response = await server.fetch(POLICY, {
    method: "PUT",
    token,
    json: { source, ...(note && { note }) },
  });
  return { status: response.status, body: (await response.json()) as Json };
}

async function get(path: string): Promise<Json> {
  return (await (await server.fetch(path, { token })).json()) as Json;
}

describe("a policy", () => {
  it("decides from the next comment on, and what it decided before stays", async () => {
    const before = await submitTestComment(ctx, site);
    await ctx.processAll();
    expect(await put(HOLD_ALL, "an election")).toEqual({ status: 200, body: { version: 2, changed: true } });
    const after = await submitTestComment(ctx, site);
    await ctx.processAll();
    const rows = await ctx.db.kysely
      .selectFrom("decisions")
      .select(["comment_id", "to_status", "policy_version"])
      .orderBy("id")
      .execute();
    expect(rows).toEqual([
      { comment_id: before.id, to_status: "published", policy_version: 1 },
      { comment_id: after.id, to_status: "held", policy_version: 2 },
    ]);
    expect(await get(POLICY)).toMatchObject({
      version: 2,
      source: HOLD_ALL,
      note: "an election",
      createdBy: "Ada",
    });
  });

  it("is one version however often the same document is put", async () => {
    const { version } = await get(POLICY);
    expect(await put((await get(POLICY)).source)).toEqual({
      status: 200,
      body: { version, changed: false },
    });
    expect((await get(POLICY)).version).toBe(version);
  });

  it("is not saved with anything wrong, and every place is named", async () => {
    const before = await get(POLICY);
    const { status, body } = await put(FAULTY);
    expect(status).toBe(422);
    expect(body).toMatchObject({ reason: "invalid_policy", title: "The input is not valid" });
    const places = body.errors.map((error) => error.path);
    expect(places.toSorted()).toEqual(["rules.0.when", "rules.0.when", "rules.1.then"]);
    expect(body.errors.map((error) => error.message).join("\n")).toMatch(
      /is links\.count meant\?.*line 6, column 11/,
    );
    expect(await get(POLICY)).toEqual(before);
    expect(await put("x: ".repeat(30_000))).toMatchObject({ status: 422, body: { errors: [{ path: "" }] } });
  });

  it("can be written and read as the bare document", async () => {
    const source = HOLD_ALL.replace("Quiet days", "Тихі дні");
    for (const type of ["text/yaml", "application/yaml; charset=utf-8"]) {
      const sent = `${source}# as ${type}\n`;
      const response = await server.fetch(`${POLICY}?note=by%20hand`, {
        method: "PUT",
        token,
        body: sent,
        headers: { "Content-Type": type },
      });
      expect(await response.json()).toMatchObject({ changed: true });
      const read = await server.fetch(POLICY, { token, headers: { Accept: "text/yaml" } });
      expect(read.headers.get("content-type")).toBe("text/yaml; charset=utf-8");
      expect(read.headers.get("vary")).toMatch(/Accept/);
      expect(await read.text()).toBe(sent);
    }
    expect(await get(POLICY)).toMatchObject({ note: "by hand" });
    const text = await server.fetch(POLICY, {
      method: "PUT",
      token,
      body: source,
      headers: { "Content-Type": "text/plain" },
    });
    expect(text.status).toBe(415);
    const broken = await server.fetch(POLICY, {
      method: "PUT",
      token,
      body: "{",
      headers: { "Content-Type": "application/json" },
    });
    expect(await broken.json()).toMatchObject({ status: 422, reason: "malformed" });
  });

  it("keeps all its versions, latest first", async () => {
    const { version: latest } = await get(POLICY);
    const versions: number[] = [];
    let query = "?limit=2";
    for (let pages = 1; query !== ""; pages += 1) {
      expect(pages).toBeLessThan(10);
      const page = await get(`${POLICY}/versions${query}`);
      expect(page.inForce).toBe(latest);
      versions.push(...page.versions.map((each) => each.version));
      query = page.next === null ? "" : `?limit=2&cursor=${page.next}`;
    }
    expect(versions).toEqual(Array.from({ length: latest }, (_, index) => latest - index));
    const first = await get(`${POLICY}/versions/1`);
    expect(first).toMatchObject({ version: 1, createdBy: "test" });
    // Going back is putting the old document in force as a new version.
    expect(await put(first.source, "back to the first")).toMatchObject({ body: { version: latest + 1 } });
    for (const version of ["0", "99", "1e0", "-1", "9".repeat(12)]) {
      const response = await server.fetch(`${POLICY}/versions/${version}`, { token });
      expect(response.status, version).toBe(404);
    }
  });

  it("can be checked without being saved", async () => {
    const before = await get(POLICY);
    const check = async (source: string) => {
      const response = await server.fetch(`${POLICY}/check`, { method: "POST", token, json: { source } });
      return { status: response.status, body: (await response.json()) as Json };
    };
    expect(await check(HOLD_ALL)).toEqual({
      status: 200,
      body: {
        name: "Quiet days",
        description: null,
        rules: [{ id: "links", mode: "live", action: "hold", reason: "links", facts: ["links.count"] }],
        tests: 0,
        otherwise: "hold",
      },
    });
    expect(await check(FAULTY)).toMatchObject({ status: 422, body: { reason: "invalid_policy" } });
    expect(await get(POLICY)).toEqual(before);
  });

  it("is numbered without gaps when several are put at once", async () => {
    const { version } = await get(POLICY);
    const sources = Array.from({ length: 6 }, (_, index) => `${HOLD_ALL}# ${index}\n`);
    const versions = (await Promise.all(sources.map((source) => put(source)))).map(
      ({ body }) => body.version,
    );
    expect(versions.toSorted((a, b) => a - b)).toEqual(sources.map((_, index) => version + 1 + index));
  });
});

describe("the vocabulary of rules", () => {
  it("is open to all", async () => {
    const { facts } = (await (await server.fetch("/v1/facts")).json()) as { facts: { name: string }[] };
    expect(facts).toContainEqual({ name: "links.count", type: "int", description: expect.any(String) });
    expect(new Set(facts.map((fact) => fact.name)).size).toBe(facts.length);
    for (const name of ["open", "balanced", "strict"]) {
      const response = await server.fetch(`/v1/policy-presets/${name}`, { headers: { Accept: "text/yaml" } });
      const source = await response.text();
      const checked = await server.fetch(`${POLICY}/check`, { method: "POST", token, json: { source } });
      expect(await checked.json()).toMatchObject({ name });
    }
    expect((await server.fetch("/v1/policy-presets/..%2Fpolicy")).status).toBe(404);
  });
});
