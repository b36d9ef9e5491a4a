import { startHttp } from "../../src/http/listen.ts";
import type { TestContext } from "./context.ts";

export type TestServer = AsyncDisposable & {
  origin: string;
  fetch(path: string, init?: RequestInit & { json?: unknown; token?: string }): Promise<Response>;
};

/** The whole service on a real port. */
export async function startTestHttp(ctx: TestContext): Promise<TestServer> {
  const listening = await startHttp(ctx);
  const origin = `http://127.0.0.1:${listening.address.port}`;
  return {
    origin,
    fetch(path, init = {}) {
      const { json, token, ...rest } = init;
      const headers = new Headers(rest.headers);
      if (json !== undefined) headers.set("Content-Type", "application/json");
      if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
      const body = json === undefined ? rest.body : JSON.stringify(json);
      return fetch(new URL(path, origin), {
        redirect: "manual",
        ...rest,
        headers,
        ...(body == null ? {} : { body }),
      });
    },
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}
