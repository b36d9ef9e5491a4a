import { describe, expect, it } from "vitest";
import { startReceiver } from "../support/receiver.ts";
import type { Reply } from "../support/receiver.ts";
import { attempt, attemptAnswered, LOCAL } from "./attempt-support.ts";

describe("a receiver that misbehaves", () => {
  it.each<[string, Reply]>([
    ["never answers", { fault: "hang" }],
    ["sends its headers byte by byte", { fault: "slow_headers" }],
    ["sends its body byte by byte", { fault: "drip_body" }],
  ])("and %s is left when time is up", async (_what, reply) => {
    await using receiver = await startReceiver({ respond: reply });
    const result = await attempt(receiver.origin, LOCAL, { timeoutMs: 200 });
    expect(result).toMatchObject({ outcome: "failed", error: "timeout" });
    expect(result.durationMs).toBeGreaterThanOrEqual(199);
    expect(result.durationMs).toBeLessThan(2_000);
    await receiver.waitUntilClosed();
  });

  it("by dripping keeps nothing from the log", async () => {
    const dripped = await attemptAnswered({ fault: "drip_body" }, { timeoutMs: 200 });
    expect(dripped).toMatchObject({ statusCode: 200, responseExcerpt: expect.stringMatching(/^a+$/) });
    expect(await attemptAnswered({ fault: "drip_body", status: 410 }, { timeoutMs: 200 })).toMatchObject({
      outcome: "gone",
    });
    expect(await attemptAnswered({ fault: "drip_body", status: 500 }, { timeoutMs: 200 })).toMatchObject({
      outcome: "failed",
      error: "http_status",
    });
  });

  it.each([
    [200, "delivered", null],
    [500, "failed", "http_status"],
  ])("and answers %i with an endless body is cut off: %s", async (status, outcome, error) => {
    await using receiver = await startReceiver({ respond: { fault: "huge_body", status } });
    const result = await attempt(receiver.origin, LOCAL, { responseBytesMax: 1_000 });
    expect(result).toMatchObject({ outcome, error, statusCode: status, responseExcerpt: "x".repeat(1_000) });
    await receiver.waitUntilClosed();
  });

  it("and resets the connection fails, before and within the answer", async () => {
    expect(await attemptAnswered({ fault: "reset" })).toMatchObject({
      error: "connection",
      statusCode: null,
    });
    const cut = await attemptAnswered({ fault: "cut_body" });
    expect(cut).toMatchObject({
      outcome: "failed",
      error: "connection",
      statusCode: 200,
      responseExcerpt: "partial",
    });
  });

  it("and speaks something else fails", async () => {
    expect(await attemptAnswered({ fault: "garbage" })).toMatchObject({
      error: "protocol",
      statusCode: null,
    });
  });

  it("and sends too many headers fails", async () => {
    const headers = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x-${i}`, "a".repeat(1_000)]));
    expect(await attemptAnswered({ status: 200, headers })).toMatchObject({
      error: "too_large",
      statusCode: null,
    });
  });

  it("and is not there fails", async () => {
    const receiver = await startReceiver();
    await receiver.close();
    const result = await attempt(receiver.origin);
    expect(result).toMatchObject({ error: "connection", errorDetail: "ECONNREFUSED", responseExcerpt: "" });
  });
});
