import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createCaches } from "../src/caches.ts";
import type { Thread } from "../src/comments/thread.ts";
import { findSite, type Site } from "../src/sites/site.ts";

const thread = { id: "7" } as Thread;
const siteNamed = (name: string) => ({ name }) as Site;

describe("the cache of threads", () => {
  test("forgets a thread under every name it is known by, also after one of them was dropped", () => {
    const caches = createCaches({ site: async () => undefined });
    for (const key of ["1 post-7 ", "1  https://paper.example/7", "1  https://paper.example/old"]) {
      caches.threads.set(key, { thread });
    }
    caches.threads.set("1 post-8 ", { thread: { ...thread, id: "8" } });
    caches.threads.delete("1  https://paper.example/old");
    caches.threads.set("1 post-7 ", { thread });
    caches.forgetThread("7");
    expect([...caches.threads.keys()]).toEqual(["1 post-8 "]);
  });

  test("forgets no thread that has come to another's name", () => {
    const caches = createCaches({ site: async () => undefined });
    caches.threads.set("1 post-7 ", { thread });
    caches.threads.set("1 post-7 ", { thread: { ...thread, id: "8" } });
    caches.forgetThread("7");
    expect([...caches.threads.keys()]).toEqual(["1 post-7 "]);
  });
});

describe("the cache of sites", () => {
  test("answers who asked before a change, and keeps nothing of what was", async () => {
    const loads: PromiseWithResolvers<Site>[] = [];
    const caches = createCaches({
      site: () => {
        const load = Promise.withResolvers<Site>();
        loads.push(load);
        return load.promise;
      },
    });
    const before = caches.sites.fetch("paper");
    caches.sites.delete("paper");
    const after = caches.sites.fetch("paper");
    loads[1]?.resolve(siteNamed("new"));
    expect(await after).toEqual(siteNamed("new"));
    loads[0]?.resolve(siteNamed("old"));
    expect(await before).toEqual(siteNamed("old"));
    expect(await caches.sites.fetch("paper")).toEqual(siteNamed("new"));
  });

  test("reads a site in use again before it is too old, and meanwhile answers with what it has", async () => {
    const names = ["first", "second"];
    const caches = createCaches({ site: async () => siteNamed(names.shift() ?? "too many") });
    const ask = async () => (await findSite({ caches }, "paper"))?.name;
    expect(await ask()).toBe("first");
    await sleep(400);
    expect(await ask()).toBe("first");
    expect(names).toEqual(["second"]);
    await sleep(400);
    expect(await Promise.all([ask(), ask()])).toEqual(["first", "first"]);
    await sleep(300);
    // Past the second that the first may be used for.
    expect(caches.sites.get("paper")?.name).toBe("second");
    expect(names).toEqual([]);
  });
});
