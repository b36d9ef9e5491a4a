import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestContext } from "../../support/context.ts";
import { type DnsReply, type DnsServer, startDnsServer } from "../../support/dns-server.ts";
import { createTestSite } from "../../support/fixtures.ts";
import { makeSubject } from "../signals/subject.ts";
import { ask, configure, downReason, inShort, openExternalContext } from "./support.ts";

const TEXT = "See https://www.pills.example.com/a and news.example.org, they say it all.";

describe("dnsbl", () => {
  let ctx: TestContext;
  let dns: DnsServer;

  beforeAll(async () => {
    ctx = await openExternalContext();
    dns = await startDnsServer(() => "NXDOMAIN");
    await createTestSite(ctx);
    const settings = { zones: ["dbl.test.example", "uri.test.example"], servers: [dns.address] };
    await configure(ctx, "dnsbl", { ...settings, deadlineMs: 400, cacheSeconds: 0, breakerFailures: 100 });
  });
  afterAll(async () => {
    await ctx[Symbol.asyncDispose]();
    await dns[Symbol.asyncDispose]();
  });

  const lookUp = (answers: Record<string, DnsReply>, text = TEXT) => {
    dns.questions.length = 0;
    dns.setRespond((name) => answers[name] ?? "NXDOMAIN");
    return ask(ctx, "dnsbl", makeSubject(text));
  };

  it("asks each list for the domains of the links, and for a name that none may list", async () => {
    const evidence = await lookUp({ "example.com.dbl.test.example": ["127.0.1.2"] });
    expect(inShort(evidence)).toEqual({ "dnsbl.listed": ["example.com"], "dnsbl.count": 1 });
    const [listed] = evidence;
    expect(listed?.spans?.map(({ start, end }) => TEXT.slice(start, end))).toEqual([
      "https://www.pills.example.com/a",
    ]);
    expect(listed?.detail).toEqual({ zones: { "example.com": ["dbl.test.example"] } });
    expect(dns.questions.toSorted()).toEqual(
      ["example.com", "example.org", "invalid"].flatMap((name) => [
        `${name}.dbl.test.example`,
        `${name}.uri.test.example`,
      ]),
    );
  });

  it("listed nowhere is an answer too", async () => {
    expect(inShort(await lookUp({}))).toEqual({ "dnsbl.listed": [], "dnsbl.count": 0 });
  });

  it("asks nothing about a comment without links, or with addresses for hosts", async () => {
    for (const text of ["Nothing but words, as it should be.", "Look at http://192.0.2.7/x please."]) {
      expect(await lookUp({}, text)).toEqual([]);
      expect(dns.questions).toEqual([]);
    }
  });

  it.each([
    ["127.255.255.254", "a public resolver is not served"],
    ["127.255.255.255", "too many questions"],
    ["127.0.0.1", "refused, as URIBL says it"],
    ["127.0.1.255", "a wrong question, as DBL says it"],
    ["203.0.113.80", "a provider that makes every name exist"],
  ])("%s means refused, not listed: %s", async (address) => {
    const reason = downReason(await lookUp({ "example.com.dbl.test.example": [address] }));
    expect(reason).toBe(`refused (dbl.test.example answers ${address})`);
  });

  it("a list that lists what none may list is not believed", async () => {
    dns.setRespond(() => ["127.0.0.2"]);
    const evidence = await ask(ctx, "dnsbl", makeSubject(TEXT));
    expect(downReason(evidence)).toMatch(/^refused \(.+ lists everything\)$/);
  });

  it.each([
    ["REFUSED", /^refused/],
    ["SERVFAIL", /^connection/],
    ["silence", /^deadline/],
  ] as const)("%s is no answer", async (reply, reason) => {
    expect(downReason(await lookUp({ "example.org.uri.test.example": reply }))).toMatch(reason);
  });
});
