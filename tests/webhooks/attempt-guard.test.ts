import { buildConnector } from "undici";
import { describe, expect, it } from "vitest";
import type { GuardOptions } from "../../src/webhooks/guard.ts";
import { startReceiver } from "../support/receiver.ts";
import { agentOf, attempt, LOCAL } from "./attempt-support.ts";

const resolveFailing = () => Promise.reject(new Error("ENOTFOUND"));
const resolveEndlessly = () => new Promise<string[]>(() => undefined);

describe("the guard at send time", () => {
  it.each([
    "http://127.0.0.1:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f.1:PORT/",
    "http://127.1:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://localhost:PORT/",
  ])("refuses %s, where a server listens", async (url) => {
    await using receiver = await startReceiver();
    const result = await attempt(url.replace("PORT", String(receiver.port)), {
      allowHttp: true,
      ports: "any",
    });
    expect(result).toMatchObject({ outcome: "failed", error: "refused_address", statusCode: null });
    expect(receiver.connections.accepted).toBe(0);
  });

  it("refuses a name that has a public and a private address, in whichever order", async () => {
    await using receiver = await startReceiver();
    const url = `http://hooks.example:${receiver.port}/`;
    for (const addresses of [
      ["127.0.0.1", "93.184.216.34"],
      ["93.184.216.34", "127.0.0.1"],
    ]) {
      const resolve = () => Promise.resolve(addresses);
      const result = await attempt(url, { allowHttp: true, ports: "any", resolve });
      expect(result).toMatchObject({ error: "refused_address" });
    }
    expect(receiver.connections.accepted).toBe(0);
  });

  it("looks up once and dials what it checked, so the next answer of the DNS changes nothing", async () => {
    await using receiver = await startReceiver();
    const answers = [["127.0.0.2"], ["10.0.0.1"]];
    const resolve = () => Promise.resolve(answers.shift() ?? []);
    const guard: GuardOptions = { ...LOCAL, allowedNetworks: ["127.0.0.2"], resolve };
    const url = `http://hooks.example:${receiver.port}/`;
    // The receiver listens on 127.0.0.1 only: that 127.0.0.2 refuses shows that it was dialled.
    expect(await attempt(url, guard)).toMatchObject({ errorDetail: "ECONNREFUSED" });
    expect(answers).toEqual([["10.0.0.1"]]);
    expect(await attempt(url, guard)).toMatchObject({ error: "refused_address" });
  });

  it("refuses a name that has moved inside since it was saved", async () => {
    await using receiver = await startReceiver();
    const guard: GuardOptions = { allowHttp: true, ports: "any" };
    const moved = { ...guard, resolve: () => Promise.resolve(["127.0.0.1"]) };
    expect(await attempt(`http://hooks.example:${receiver.port}/`, moved)).toMatchObject({
      error: "refused_address",
    });
    expect(receiver.connections.accepted).toBe(0);
  });

  it("destroys a connection that ended up elsewhere, before a byte is sent", async () => {
    await using receiver = await startReceiver();
    const dial = buildConnector({ allowH2: false });
    const agent = agentOf(
      { allowHttp: true, ports: "any", resolve: () => Promise.resolve(["93.184.216.34"]) },
      { connect: (options, callback) => dial({ ...options, hostname: "127.0.0.1" }, callback) },
    );
    const result = await attempt(`http://hooks.example:${receiver.port}/`, agent);
    expect(result).toMatchObject({ error: "refused_address", statusCode: null });
    await receiver.waitUntilClosed();
    expect(receiver.connections.accepted).toBe(1);
    expect(receiver.requests).toHaveLength(0);
  });

  it("checks requests that bypass the attempt, too", async () => {
    await using receiver = await startReceiver();
    const agent = agentOf({ allowHttp: true, ports: "any" });
    const direct = agent.request({ origin: receiver.origin, path: "/", method: "GET" });
    await expect(direct).rejects.toMatchObject({ reason: "refused_address" });
    const secure = agentOf({ ports: "any" }).request({ origin: receiver.origin, path: "/", method: "GET" });
    await expect(secure).rejects.toMatchObject({ reason: "refused_url" });
    expect(receiver.connections.accepted).toBe(0);
  });

  it("applies the rules for URLs", async () => {
    for (const url of [
      "http://hooks.example/",
      "https://a:b@hooks.example/",
      "https://hooks.example:22/",
      "/x",
      "",
    ]) {
      expect(await attempt(url, {})).toMatchObject({
        outcome: "failed",
        error: "refused_url",
        statusCode: null,
      });
    }
  });

  it("tells a name that does not resolve from one that takes too long", async () => {
    const url = "https://hooks.example/";
    expect(await attempt(url, { resolve: resolveFailing })).toMatchObject({ error: "dns" });
    expect(await attempt(url, { resolve: resolveEndlessly, dnsTimeoutMs: 30 })).toMatchObject({
      error: "dns",
    });
    const late = await attempt(url, { resolve: resolveEndlessly }, { timeoutMs: 100 });
    expect(late).toMatchObject({ error: "timeout" });
    expect(late.durationMs).toBeLessThan(1_500);
  });
});
