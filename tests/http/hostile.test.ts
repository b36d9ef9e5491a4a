import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderBody } from "../../src/web/text.ts";
import { openTestContext, type TestContext } from "../support/context.ts";
import { createTestSite } from "../support/fixtures.ts";
import { startTestHttp, type TestServer } from "../support/http.ts";
import { HOSTILE_TEXTS } from "../web/hostile-texts.ts";

const CALLERS = 8;

// Everything that people try to break comment sections with is a comment: stored, shown as text, never run.
// HOSTILE_DIR adds the lists of a folder: naughty-strings.json (an array) and xss-payloads.txt (a line each).
describe("hostile comments", () => {
  let ctx: TestContext;
  let server: TestServer;

  beforeAll(async () => {
    ctx = await openTestContext({ env: { PORT: "0" } });
    const limits = { bodyCharsMin: 1, newThreadsPerHour: 1_000_000 };
    await createTestSite(ctx, { preset: "open", settings: { limits } });
    server = await startTestHttp(ctx);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await ctx[Symbol.asyncDispose]();
  });

  it("come back as they were sent, as inert text", { timeout: 300_000 }, async () => {
    const texts = [
      ...new Set(
        [...HOSTILE_TEXTS, ...listsOf(process.env["HOSTILE_DIR"])].filter((text) => kept(text) !== ""),
      ),
    ];
    const queue = [...texts.entries()];
    const caller = async () => {
      for (let next = queue.pop(); next; next = queue.pop()) await sendAndReadBack(...next);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    await ctx.processAll();
    const { count } = await ctx.db.kysely
      .selectFrom("comments")
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .where("status", "!=", "pending")
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(texts.length);
  });

  async function sendAndReadBack(index: number, text: string): Promise<void> {
    const path = "/v1/sites/paper/comments";
    const json = {
      name: text.slice(0, 80).toWellFormed().trim() || "x",
      email: `r${index}@readers.example`,
      body: text,
      url: "https://paper.example/hostile",
    };
    const sent = await server.fetch(path, { method: "POST", json });
    // A text may be nothing but what is cut off; then the answer says so.
    expect(sent.status, JSON.stringify(text)).toBe(202);
    const { id, editToken } = (await sent.json()) as { id: string; editToken: string };
    const own = (await (await server.fetch(`${path}/${id}`, { token: editToken })).json()) as {
      body: string;
    };
    expect(own.body).toBe(kept(text));
    const shown = renderBody(own.body).replaceAll(
      /<(?:\/?p|br|\/?a|p dir="auto"|a href="[^"<>]*"[^<>]*)>|<br \/>/g,
      "",
    );
    expect(shown, JSON.stringify(text)).not.toMatch(/[<>]/);
  }
});

/** What of a text is stored: without NUL, which PostgreSQL has no place for, lone surrogates replaced, trimmed. */
function kept(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed().trim();
}

function listsOf(directory: string | undefined): string[] {
  if (directory === undefined) return [];
  const naughty = JSON.parse(readFileSync(join(directory, "naughty-strings.json"), "utf8")) as string[];
  return [...naughty, ...readFileSync(join(directory, "xss-payloads.txt"), "utf8").split("\n")];
}
