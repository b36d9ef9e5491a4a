import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import type { AttemptRequest } from "../../src/webhooks/attempt.ts";
import type { GuardOptions } from "../../src/webhooks/guard.ts";
import { startReceiver } from "../support/receiver.ts";
import { agentOf, attempt, attemptAnswered, BODY, LOCAL, SECRET } from "./attempt-support.ts";
import { selfSignedCertificate } from "./certificate.ts";

async function retryAfterOf(value: string): Promise<number | null> {
  return (await attemptAnswered({ status: 503, headers: { "retry-after": value } })).retryAfterSeconds;
}

async function excerptOf(body: string | Buffer, headers: Record<string, string> = {}): Promise<string> {
  return (await attemptAnswered({ status: 500, body, headers })).responseExcerpt;
}

describe("a delivery", () => {
  it("reaches the receiver whole, signed and with the headers of Standard Webhooks", async () => {
    await using receiver = await startReceiver({ respond: { status: 200, body: "thank you" } });
    const result = await attempt(`${receiver.origin}/hook?site=a%20b`);
    expect(result).toMatchObject({
      outcome: "delivered",
      statusCode: 200,
      error: null,
      errorDetail: null,
      responseExcerpt: "thank you",
      retryAfterSeconds: null,
    });
    const [request] = await receiver.waitFor(1);
    expect(request).toMatchObject({
      method: "POST",
      url: "/hook?site=a%20b",
      headers: {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(BODY)),
        "user-agent": "Parley-Webhooks/1.2.3",
        "webhook-id": "evt_1",
      },
    });
    expect(request?.body.toString()).toBe(BODY);
    const headers = Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]);
    const verified = new Webhook(SECRET).verify(request?.body ?? "", Object.fromEntries(headers));
    expect(verified).toEqual(JSON.parse(BODY));
  });

  it("sends the endpoint's own headers, but not in place of ours or of HTTP's", async () => {
    await using receiver = await startReceiver();
    const headers = {
      Authorization: "Bearer x",
      Host: "other.example",
      "Webhook-Id": "forged",
      "webhook-extra": "forged",
      "User-Agent": "forged",
      "Content-Type": "text/plain",
      "Content-Length": "1",
      "Transfer-Encoding": "chunked",
      Expect: "100-continue",
      Connection: "upgrade",
    };
    expect(await attempt(receiver.origin, LOCAL, { headers })).toMatchObject({ outcome: "delivered" });
    const received = receiver.requests[0]?.headers;
    expect(received).toMatchObject({
      authorization: "Bearer x",
      host: `127.0.0.1:${receiver.port}`,
      "webhook-id": "evt_1",
      "content-type": "application/json",
    });
    expect(JSON.stringify(received)).not.toContain("forged");
  });

  it("keeps its connections for the attempts that follow", async () => {
    await using receiver = await startReceiver();
    const agent = agentOf(LOCAL);
    const ids = Array.from({ length: 6 }, (_, index) => `evt_${index}`);
    for (const id of ids) await attempt(receiver.origin, agent, { id });
    expect(receiver.requests.map(({ headers }) => headers["webhook-id"])).toEqual(ids);
    // Two, because an answer is known a moment before its connection is free again.
    expect(receiver.connections.accepted).toBeLessThanOrEqual(2);
  });

  it("may go over TLS to a name, whose certificate must be trusted and be for that name", async () => {
    const hooks = selfSignedCertificate("hooks.example");
    await using receiver = await startReceiver({ tls: hooks });
    const guard: GuardOptions = { ...LOCAL, allowHttp: false, resolve: () => Promise.resolve(["127.0.0.1"]) };
    const url = `https://hooks.example:${receiver.port}/`;
    expect(await attempt(url, guard)).toMatchObject({
      error: "tls",
      errorDetail: "DEPTH_ZERO_SELF_SIGNED_CERT",
      statusCode: null,
    });
    const trusted = getCACertificates("default");
    setDefaultCACertificates([...trusted, hooks.cert]);
    try {
      expect(await attempt(url, guard)).toMatchObject({ outcome: "delivered", statusCode: 204 });
      expect(await attempt(url.replace("hooks.", "other."), guard)).toMatchObject({
        error: "tls",
        errorDetail: "ERR_TLS_CERT_ALTNAME_INVALID",
      });
    } finally {
      setDefaultCACertificates(trusted);
    }
    expect(receiver.requests).toHaveLength(1);
  });
});

describe("an answer", () => {
  it.each([200, 201, 202, 204, 299])("of %i delivers", async (status) => {
    expect(await attemptAnswered({ status })).toMatchObject({
      outcome: "delivered",
      statusCode: status,
      error: null,
    });
  });

  it.each([400, 401, 404, 409, 429, 500, 502, 503, 504])("of %i fails", async (status) => {
    expect(await attemptAnswered({ status, body: "no" })).toMatchObject({
      outcome: "failed",
      statusCode: status,
      error: "http_status",
      responseExcerpt: "no",
    });
  });

  it("of 410 says that the endpoint is gone", async () => {
    expect(await attemptAnswered({ status: 410 })).toMatchObject({ outcome: "gone", error: "http_status" });
  });

  it.each([301, 302, 303, 307, 308])("of %i fails: nothing is sent where it points", async (status) => {
    await using internal = await startReceiver();
    const location = `${internal.origin}/internal`;
    expect(await attemptAnswered({ status, headers: { location } })).toMatchObject({
      outcome: "failed",
      statusCode: status,
      error: "redirect",
      errorDetail: location,
    });
    expect(internal.connections.accepted).toBe(0);
  });

  it("may ask for time, in seconds or as a date", async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    expect(await retryAfterOf("30")).toBe(30);
    expect(await retryAfterOf(inAnHour)).toBeGreaterThan(3_590);
    expect(await retryAfterOf("99999999999")).toBe(86_400);
    expect(await retryAfterOf("later")).toBeNull();
  });

  it("is kept as plain text, of text only, cut at 1,000 characters", async () => {
    const text = { "content-type": "text/html; charset=utf-8" };
    expect(await excerptOf("a\0b\r\n\tc\u001b[31m\u202ed\u200b", text)).toBe("a b c [31m d");
    expect(await excerptOf(Buffer.from([0x61, 0xff, 0x62]))).toBe("a\ufffdb");
    expect(await excerptOf(`${"a".repeat(999)}🦊b`)).toBe("a".repeat(999));
    expect(await excerptOf('{"error":"x"}', { "content-type": "application/problem+json" })).toBe(
      '{"error":"x"}',
    );
    expect(await excerptOf("PNG", { "content-type": "image/png" })).toBe("");
    expect(await excerptOf("zip", { ...text, "content-encoding": "gzip" })).toBe("");
  });
});

describe("sendAttempt", () => {
  it.each<[string, Partial<AttemptRequest>]>([
    ["a bad secret", { secrets: ["whsec_x"] }],
    ["no secret", { secrets: [] }],
    ["a bad id", { id: "a.b" }],
    ["a header with a line break", { headers: { "x-own": "a\r\nx: y" } }],
    ["a header that is none", { headers: { "x own": "a" } }],
  ])("fails without sending for %s, and does not throw", async (_what, change) => {
    await using receiver = await startReceiver();
    expect(await attempt(receiver.origin, LOCAL, change)).toMatchObject({
      outcome: "failed",
      error: "invalid_request",
    });
    expect(receiver.requests).toHaveLength(0);
  });

  it("fails, too, once the agent is closed", async () => {
    await using receiver = await startReceiver();
    const agent = agentOf(LOCAL);
    await agent.close();
    expect(await attempt(receiver.origin, agent)).toMatchObject({ outcome: "failed", error: "connection" });
  });
});
