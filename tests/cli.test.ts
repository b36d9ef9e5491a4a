import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { authenticate } from "../src/accounts/authenticate.ts";
import { UsageError } from "../src/cli/command.ts";
import { runCommand } from "../src/cli/run-command.ts";
import { startEmbeddedPostgres } from "../src/db/embedded.ts";
import { createLog } from "../src/log.ts";
import { readPreset } from "../src/moderation/policy/presets.ts";
import { PermanentJobError } from "../src/queue/queue.ts";
import { getPolicy } from "../src/sites/policies.ts";
import { getSite, type Site } from "../src/sites/site.ts";
import { openTestContext, type TestContext } from "./support/context.ts";
import { createTestSite, submitTestComment } from "./support/fixtures.ts";
import { makeTestDataDir, removeTestDataDir } from "./support/test-server.ts";

const SECRET = "a secret for the program under test and nothing else";
const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

// Each command is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

type Ended = { code: number; stdout: string; stderr: string };

/** The real program, with nothing of this process' environment that it would read. */
function run(env: Record<string, string>, args: readonly string[], input = ""): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env["PATH"], ...env } };
    const child = execFile(process.execPath, [CLI, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

describe("without a database", () => {
  const nowhere = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none", PARLEY_SECRET: SECRET };
  const offline = (...args: string[]) => run(nowhere, args);

  test("it explains itself", async () => {
    const all = await offline("--help");
    expect(all).toMatchObject({ code: 0, stderr: "" });
    expect(all.stdout).toMatch(/policy set SITE FILE {2,}put a policy in force/);
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      for (const args of [[], ["token", "--help"], ["token", "create", "-h"]]) {
        expect(await runCommand(args, nowhere)).toBe(0);
      }
      const [bare, subject, one] = write.mock.calls.map(([text]) => String(text));
      expect(bare).toBe(all.stdout);
      expect(subject).toMatch(/token revoke PREFIX/);
      expect(subject).not.toMatch(/policy/);
      expect(one).toMatch(/--expires DAYS.*\n[^]*threads:write +admin --- site/);
    } finally {
      write.mockRestore();
    }
  });

  test("what it does not understand is one line, and exit code 2", async () => {
    const told = await offline("tokn", "list");
    expect(told).toEqual({ code: 2, stdout: "", stderr: 'There is no command "tokn list". Try --help.\n' });
    const wrong: [string[], string | RegExp][] = [
      [["token", "create", "--kind", "king", "--name", "x"], "--kind must be one of admin, mod, site."],
      [["token", "create", "--name", "x"], "--kind is missing: one of admin, mod, site."],
      [["token", "create", "--kind", "mod", "--name", " "], "--name is missing."],
      [["token", "create", "--kind", "mod"], "--name is missing."],
      [["token", "create", "--kind", "mod", "--name"], /^Option '--name <value>' argument missing\.$/],
      [["token", "create", "--kind", "site", "--name", "x"], "A site token is for one site: add --site KEY."],
      [["token", "create", "--kind", "mod", "--name", "x", "--scope", "all"], "There is no scope all."],
      [
        ["token", "create", "--kind", "mod", "--name", "x", "--expires", "0"],
        /^--expires must be a number from 1 to/,
      ],
      [
        ["token", "create", "--kind", "mod", "--name", "x", "--expires", "1e3"],
        /^--expires must be a number from 1 to/,
      ],
      [["token", "list", "--colour"], "Unknown option '--colour'."],
      [["site", "create", "--name", "x"], "KEY is missing."],
      [
        ["site", "create", "Paper", "--name", "x", "--origin", "https://a.example"],
        /^KEY must be 1 to 63 lower-case/,
      ],
      [["site", "create", "paper", "--name", "x"], /^--origin is missing/],
      [
        ["site", "create", "paper", "--name", "x", "--origin", "https://a.example", "--language", "English"],
        /^--language must be/,
      ],
      [
        ["site", "create", "paper", "--name", "x", "--origin", "https://a.example", "--preset", "lax"],
        /^--preset must be one of open,/,
      ],
      [["site", "show", "a", "b"], '"b" is one argument too many.'],
      [["policy", "show", "paper", "--version", "last"], /^--version must be a number/],
      [["policy", "set", "paper"], "FILE is missing."],
      [["toString", "call"], 'There is no command "toString call".'],
    ];
    for (const [args, message] of wrong) {
      const refusal = await runCommand(args, nowhere).catch((error: unknown) => error);
      expect(refusal, args.join(" ")).toBeInstanceOf(UsageError);
      expect(refusal).toMatchObject({
        message: typeof message === "string" ? message : expect.stringMatching(message),
      });
    }
  });

  test("a policy can be checked, and a database that is away is told in a line", async () => {
    const directory = await mkdtemp(join(tmpdir(), "parley-cli-"));
    const [good, bad] = [join(directory, "good.yaml"), join(directory, "bad.yaml")];
    await writeFile(good, await readPreset("balanced"));
    await writeFile(
      bad,
      (await readPreset("balanced"))
        .replace("links.count", "links.cuont")
        .replace("otherwise: publish", "otherwise: burn"),
    );
    const [checked, faulty, missing, away] = await Promise.all([
      offline("policy", "check", good),
      offline("policy", "check", bad),
      offline("policy", "check", join(directory, "none.yaml")),
      offline("site", "list"),
    ]);
    await rm(directory, { recursive: true });
    expect(checked).toMatchObject({ code: 0, stderr: "" });
    expect(checked.stdout).toMatch(/^balanced: \d+ rules, otherwise publish\./);
    expect(faulty).toMatchObject({ code: 1, stdout: "" });
    expect(faulty.stderr).toMatch(
      /bad\.yaml: rules\.\d+\.when: .*is links\.count meant\?.*line \d+, column \d+/,
    );
    expect(faulty.stderr).toMatch(/bad\.yaml: otherwise: /);
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Cannot read .*none\.yaml \(ENOENT\)\.\n$/),
    });
    expect(away).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^.+\n$/) });
  });
});

describe("on a database", () => {
  let ctx: TestContext;
  let site: Site;
  let env: Record<string, string>;
  const cli = (...args: string[]) => run(env, args);

  beforeAll(async () => {
    ctx = await openTestContext();
    site = await createTestSite(ctx);
    env = { DATABASE_URL: ctx.databaseUrl, PARLEY_SECRET: SECRET, PUBLIC_URL: "https://parley.example" };
  });
  afterAll(async () => await ctx[Symbol.asyncDispose]());

  test("tokens are made, listed and taken back", async () => {
    const made = await cli(
      "token",
      "create",
      "--kind",
      "site",
      "--name",
      "the CMS",
      "--site",
      "paper",
      "--scope",
      "threads:write",
      "--expires",
      "30",
    );
    expect(made.code).toBe(0);
    const token = made.stdout.trimEnd();
    const principal = await authenticate(ctx, token);
    expect(principal).toMatchObject({ name: "the CMS", siteId: site.id, scopes: new Set(["threads:write"]) });
    const expiry = await ctx.db.kysely
      .selectFrom("api_tokens")
      .select("expires_at")
      .executeTakeFirstOrThrow();
    expect((Number(expiry.expires_at) - Date.now()) / 86_400_000).toBeCloseTo(30, 1);

    const prefix = token.slice(0, "pa_site_".length + 4);
    const listed = await cli("token", "list");
    expect(listed.stdout).toMatch(new RegExp(`^${prefix} +active +paper +the CMS .* threads:write$`, "m"));
    expect(listed.stdout).not.toContain(token);
    expect(await cli("token", "revoke", prefix)).toMatchObject({ code: 0, stdout: `Revoked ${prefix}.\n` });
    await expect(authenticate(ctx, token)).rejects.toMatchObject({ code: "not_authenticated" });
    expect((await cli("token", "list")).stdout).toMatch(new RegExp(`^${prefix} +revoked `, "m"));
    expect(await cli("token", "revoke", token)).toMatchObject({
      code: 1,
      stderr: `There is no valid token ${prefix}.\n`,
    });

    const excess = await cli("token", "create", "--kind", "mod", "--name", "x", "--scope", "sites:manage");
    expect(excess).toMatchObject({ code: 1, stdout: "" });
    expect(excess.stderr).toMatch(/^A mod token cannot have sites:manage\./);
  });

  test("sites are made and shown", async () => {
    const args = [
      "site",
      "create",
      "weekly",
      "--name",
      "The Weekly",
      "--language",
      "uk",
      "--preset",
      "strict",
    ];
    const origins = ["--origin", "https://weekly.example", "--origin", "https://*.weekly.example"];
    const made = await cli(...args, ...origins);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toContain("https://parley.example/v1/sites/weekly/comments");
    const [again, listed, shown, policy, none] = await Promise.all([
      cli(...args, ...origins),
      cli("site", "list"),
      cli("site", "show", "weekly"),
      cli("policy", "show", "weekly"),
      cli("site", "show", "none"),
    ]);
    expect(again).toMatchObject({ code: 1, stderr: "There is a site with this key.\n" });
    expect(listed.stdout).toMatch(
      /^weekly +uk +1 +The Weekly +https:\/\/weekly\.example https:\/\/\*\.weekly\.example$/m,
    );
    expect(JSON.parse(shown.stdout)).toMatchObject({
      key: "weekly",
      settings: { limits: { bodyCharsMax: 5_000 } },
      overridden: [],
    });
    expect(policy).toMatchObject({ code: 0, stdout: await readPreset("strict") });
    expect(policy.stderr).toMatch(/^Version 1, in force, by command line,/);
    expect(none).toMatchObject({ code: 1, stdout: "", stderr: "There is no such site.\n" });
  });

  test("a policy is put in force, once, from standard input too", async () => {
    const source = `${await readPreset("open")}# changed on the command line\n`;
    const set = await run(env, ["policy", "set", "paper", "-", "--note", "calmer"], source);
    expect(set).toEqual({ code: 0, stdout: "Version 2 is now in force for paper.\n", stderr: "" });
    const again = await run(env, ["policy", "set", "paper", "-"], source);
    expect(again).toMatchObject({ code: 0, stdout: "Version 2 was already in force for paper.\n" });
    const broken = await run(env, ["policy", "set", "paper", "-"], "version: 2\n");
    expect(broken).toMatchObject({ code: 1, stdout: "" });
    expect(await getPolicy(ctx, site, 2)).toMatchObject({
      source,
      note: "calmer",
      createdBy: "command line",
    });
    expect((await getSite(ctx, "paper")).policyVersion).toBeLessThanOrEqual(2);
    const first = await cli("policy", "show", "paper", "--version", "1");
    expect(first).toMatchObject({ code: 0, stdout: (await getPolicy(ctx, site, 1)).source });
  });

  // Before any test that starts the workers: they would take the job that is to fail.
  test("what was parked or failed is shown, and handed over again", async () => {
    const { id } = await submitTestComment(ctx, site);
    await ctx.db.kysely
      .updateTable("outbox")
      .set({ parked_at: ctx.clock.now(), attempts: 5, last_error: "a signal fell over" })
      .where("key", "=", id)
      .execute();
    const failed = Promise.withResolvers<void>();
    const worker = ctx.queue.work("webhook.deliver", async () => {
      failed.resolve();
      throw new PermanentJobError("the receiver is on fire");
    });
    await ctx.queue.addBulk([{ name: "webhook.deliver", payload: { ids: ["1"] } }]);
    await failed.promise;
    await worker.drain(5_000);

    const status = await cli("queue", "status");
    expect(status).toMatchObject({ code: 0, stderr: "" });
    expect(status.stdout).toMatch(/^Comments to check: 0 owed; 1 parked\.$/m);
    expect(status.stdout).toMatch(new RegExp(`^${id} +\\S+ \\S+ +5 +a signal fell over$`, "m"));
    expect(status.stdout).toMatch(/^webhook\.deliver +0 +0 +0 +1$/m);
    expect(status.stdout).toMatch(/^webhook\.deliver +\S+ +\S+ \S+ +1 +the receiver is on fire$/m);

    expect(await cli("queue", "retry")).toMatchObject({
      code: 0,
      stdout: "Handed over again: 1 parked comments, 1 failed jobs.\n",
    });
    await ctx.processAll();
    const comment = await ctx.db.kysely
      .selectFrom("comments")
      .select("status")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    expect(comment.status).toBe("published");
    expect(await cli("queue", "retry")).toMatchObject({
      stdout: "Handed over again: 0 parked comments, 0 failed jobs.\n",
    });
  });

  test("a policy is tried on past decisions", async () => {
    const { id } = await submitTestComment(ctx, site, {
      body: "One\u001B[31m source: https://one.example/a",
    });
    await ctx.processAll();
    const rule = "{ id: any-link, description: Links, when: links.count > 0, then: spam, reason: links }";
    const draft = `version: 1\nname: No links\nrules: [${rule}]\notherwise: publish\n`;
    const tried = await run(env, ["policy", "backtest", "paper", "-", "--last", "10"], draft);
    expect(tried).toMatchObject({ code: 0, stderr: "" });
    expect(tried.stdout).toMatch(/^No links: \d+ decisions from .*\/s\.\n1 would change /);
    expect(tried.stdout).toMatch(/^any-link +live +spam +- → 1 +- → 1 +1 /m);
    expect(tried.stdout).toMatch(new RegExp(`^${id} .*spam \\(any-link\\) +- +One *\\[31m source: `, "m"));
    expect((await run(env, ["policy", "backtest", "paper", "-"], "rules: 7")).stderr).toMatch(/^-: rules: /m);
  });

  test("the decision log is replayed, and what differs makes it fail", async () => {
    const { id } = await submitTestComment(ctx, site);
    await ctx.processAll();
    expect(await cli("decide", "replay")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: all are where the log leads\.\n$/),
    });
    await ctx.db.kysely.updateTable("comments").set({ status: "spam" }).where("id", "=", id).execute();
    const [wrong, elsewhere] = await Promise.all([
      cli("decide", "replay", "--site", "paper"),
      cli("decide", "replay", "--site", "weekly"),
    ]);
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(new RegExp(`^paper +${id} +status +spam v2 +published v2$`, "m"));
    expect(wrong.stdout).toMatch(/: 1 are not where the log leads\.\n$/);
    expect(elsewhere).toMatchObject({
      code: 0,
      stdout: "0 comments, 0 decisions: all are where the log leads.\n",
    });
  });
});

describe("on the embedded database", () => {
  test("it works whether or not a Parley is running, and leaves things as they were", async () => {
    const dataDir = await makeTestDataDir();
    try {
      const env = { DATA_DIR: dataDir };
      // Nothing there yet: made, started and stopped again.
      const made = await run(env, ["token", "create", "--kind", "admin", "--name", "first"]);
      expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^pa_admin_\w{36}\n$/) });
      expect(made.stderr).toBe("Valid for all sites until it is revoked. It is shown only now: keep it.\n");

      // As a running Parley does: the directory is locked, the database up.
      await using server = await startEmbeddedPostgres({ dataDir, log: createLog({ level: "silent" }) });
      const prefix = made.stdout.slice(0, "pa_admin_".length + 4);
      const [listed, second] = await Promise.all([
        run(env, ["token", "list"]),
        run(env, ["token", "create", "--kind", "mod", "--name", "second"]),
      ]);
      expect(listed).toMatchObject({ code: 0, stderr: "" });
      expect(listed.stdout).toContain(prefix);
      expect(second.code).toBe(0);
      const { pid } = server;
      expect(
        (await run(env, ["token", "list"])).stdout.split("\n").filter((line) => line.startsWith("pa_")),
      ).toHaveLength(2);
      expect(server.pid).toBe(pid);
    } finally {
      await removeTestDataDir(dataDir);
    }
  });
});
