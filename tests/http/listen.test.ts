import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHttp } from "../../src/http/listen.ts";
import { openTestContext, type TestContext } from "../support/context.ts";

const SHUTDOWN_TIMEOUT_MS = 10_000;
const SOON_MS = SHUTDOWN_TIMEOUT_MS / 4;

describe("the end of the HTTP service", { timeout: 30_000 }, () => {
  let ctx: TestContext;

  beforeAll(async () => {
    ctx = await openTestContext({ env: { SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS) } });
  });
  afterAll(() => ctx[Symbol.asyncDispose]());

  it("waits for what is being answered, and for nothing more on the same connection", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<boolean>();
    const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
    const ping = () => {
      isAsked();
      return gate;
    };
    const listening = await startHttp({ ...ctx, queue: { ...ctx.queue, ping } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = answer(agent, listening.address.port, "/readyz");
    await asked;

    const closing = closed(listening);
    open(true);
    const response = await first;
    expect(response.statusCode).toBe(200);
    expect(response.headers.connection).toBe("close");
    await expect(answer(agent, listening.address.port, "/healthz")).rejects.toThrow(/ECONNREFUSED/);
    expect(await closing).toBeLessThan(SOON_MS);
    agent.destroy();
  });

  it("does not wait for connections that ask for nothing, used before or not", async () => {
    const listening = await startHttp(ctx);
    const { port } = listening.address;
    const agent = new Agent({ keepAlive: true });
    await answer(agent, port, "/healthz");
    // Browsers open connections before they have a request for them.
    const silent = connect(port, "127.0.0.1");
    await once(silent, "connect");

    expect(await closed(listening)).toBeLessThan(SOON_MS);
    silent.destroy();
    agent.destroy();
  });
});

/** Milliseconds until it is. */
async function closed(listening: AsyncDisposable): Promise<number> {
  const started = performance.now();
  await listening[Symbol.asyncDispose]();
  return performance.now() - started;
}

function answer(agent: Agent, port: number, path: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get({ agent, port, path, host: "127.0.0.1" }, (response) => {
    response.resume().once("end", () => resolve(response));
  }).once("error", reject);
  return promise;
}
