import { afterEach, describe, expect, it } from "vitest";
import { openTestContext } from "../support/context.ts";
import { createTestSite } from "../support/fixtures.ts";
import { startTestHttp } from "../support/http.ts";

describe("what a browser is asked to remember of a reader", () => {
  let stack = new AsyncDisposableStack();
  afterEach(async () => {
    await stack.disposeAsync();
    stack = new AsyncDisposableStack();
  });

  async function open(env: Record<string, string>) {
    const ctx = stack.use(await openTestContext({ env }));
    for (const key of ["demo", "paper"]) await createTestSite(ctx, { key });
    const server = stack.use(await startTestHttp(ctx));
    let n = 0;
    /** Posts as a browser, with `cookies` of before, and returns those that it is given. */
    return async (site: string, cookies: readonly string[] = []): Promise<string[]> => {
      n += 1;
      const response = await server.fetch(`/v1/sites/${site}/comments`, {
        method: "POST",
        headers: { Accept: "text/html", Cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") },
        body: new URLSearchParams({
          name: "Olena",
          email: "olena@readers.example",
          body: `A calm sentence with the number ${n}.`,
          url: "https://paper.example/a",
          remember: "on",
        }),
      });
      expect(response.status).toBe(303);
      return response.headers.getSetCookie();
    };
  }

  it("reaches the routes that add to it, so it holds more than the last comment", async () => {
    const post = await open({ DEMO: "true" });
    const first = await post("demo");
    expect(first.map((cookie) => cookie.split("=")[0])).toEqual(["parley_own", "parley_author"]);
    for (const cookie of first) {
      expect(cookie).toMatch(/; Path=\/;/);
      expect(cookie).toMatch(/; HttpOnly/);
      expect(cookie).not.toMatch(/Secure/);
    }
    const [second] = await post("demo", first);
    const [own = ""] = (first[0] ?? "").replace("parley_own=", "").split(";");
    expect(decodeURIComponent(second ?? "")).toContain(`~${decodeURIComponent(own)}`);
  });

  it("travels by https alone where readers come by https, whatever a proxy speaks with us", async () => {
    const post = await open({ DEMO: "true", PUBLIC_URL: "https://comments.example" });
    for (const cookie of await post("demo")) expect(cookie).toMatch(/; Secure/);
  });

  it("is nothing for the readers of a publisher, nor without the demo", async () => {
    expect(await (await open({ DEMO: "true" }))("paper")).toEqual([]);
    expect(await (await open({ DEMO: "false" }))("demo")).toEqual([]);
  });
});
