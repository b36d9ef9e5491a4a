import { test } from "vitest";
import { openTestContext } from "./support/context.ts";
import { createTestSite, createTestToken } from "./support/fixtures.ts";
import { startTestHttp } from "./support/http.ts";
test("nul", async () => {
  await using ctx = await openTestContext({ env: { PORT: "0" } });
  await using server = await startTestHttp(ctx);
  await createTestSite(ctx);
  const token = await createTestToken(ctx);
  const out: string[] = [];
  const go = async (method: string, path: string, json?: unknown) => {
    const r = await server.fetch(path, { method, token, ...(json === undefined ? {} : { json }) });
    out.push(`${r.status} ${method} ${path} ${JSON.stringify(json ?? null).slice(0, 100)} ${r.status >= 500 ? (await r.text()).slice(0, 200) : ""}`);
  };
  await go("GET", "/v1/sites/%00");
  await go("GET", "/v1/sites/%00/comments?key=a");
  await go("GET", "/v1/sites/paper/comments?key=%00");
  await go("GET", "/v1/sites/paper/comments?url=https://paper.example/%2500");
  await go("GET", "/v1/sites/paper/comments?url=https://paper.example/%00");
  await go("POST", "/v1/sites/paper/counts", { keys: ["a\u0000"] });
  await go("GET", "/v1/sites/paper/form?key=%00");
  await go("GET", "/v1/sites/paper/threads?key=%00");
  for (const bad of ["a\u0000b", "a\ud800b"]) {
    await go("POST", "/v1/sites", { key: "x1", name: bad });
    await go("PATCH", "/v1/sites/paper", { name: bad });
    await go("PATCH", "/v1/sites/paper", { settings: { lists: { blockedWords: [bad] } } });
    await go("PATCH", "/v1/sites/paper", { settings: { [bad]: 1 } });
    await go("POST", "/v1/sites/paper/threads", { url: "https://paper.example/a", title: bad });
    await go("POST", "/v1/sites/paper/threads", { url: "https://paper.example/a", key: bad });
    await go("POST", "/v1/sites/paper/threads", { url: `https://paper.example/${bad}` });
    await go("POST", "/v1/sites/paper/threads", { url: `https://paper.example/?q=${bad}` });
    await go("PUT", "/v1/sites/paper/policy", { source: "version: 1\nname: a\nrules: []\notherwise: hold\n", note: bad });
    await go("PUT", "/v1/sites/paper/policy", { source: `# ${bad}\nversion: 1\nname: a\nrules: []\notherwise: hold\n` });
    await go("POST", "/v1/sites", { key: `k${bad}`, name: "a" });
    await go("POST", "/v1/sites", { key: "x2", name: "a", origins: [`https://a.example/${bad}`] });
  }
  console.error(out.join("\n"));
});
