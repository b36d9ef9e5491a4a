import { describe, expect, test } from "vitest";
import { linksSignal } from "../../../src/moderation/signals/links.ts";
import { makeListedSubject, makeSubject, runOn } from "./subject.ts";

const linksOf = (body: string, changes: Parameters<typeof makeSubject>[1] = {}) =>
  runOn(linksSignal, makeSubject(body, changes));
const withWebsite = (website: string) => ({ comment: { ...makeSubject("Hi").comment, website } });

describe("links.count", () => {
  test.each<[string, string[]]>([
    ["See https://a.example/Path?x=1. And www.test.org!", ["https://a.example/Path?x=1", "www.test.org"]],
    ["HTTP://EXAMPLE.COM/", ["HTTP://EXAMPLE.COM/"]],
    ["play at casino.xyz now", ["casino.xyz"]],
    ["join t.me/joinchat", ["t.me/joinchat"]],
    ["сайт приклад.укр та пример.рф", ["приклад.укр", "пример.рф"]],
    ["https://ex.com/a_(b)", ["https://ex.com/a_(b)"]],
    ["//cdn.example.com/x", ["//cdn.example.com/x"]],
    ["[url=http://spam.com]x[/url]", ["http://spam.com"]],
    ["[url]http://spam.com[/url]", ["http://spam.com"]],
    ['<a href="http://spam.ru/?q=1">x</a>', ["http://spam.ru/?q=1"]],
    ["<a href=http://spam.ru/>x</a>", ["http://spam.ru/"]],
    ["[text](http://md.link/x)", ["http://md.link/x"]],
    ["exa\u200bmple.com", ["exa\u200bmple.com"]],
    ["ｈｔｔｐ：／／ｅｖｉｌ．ｃｏｍ", ["ｈｔｔｐ：／／ｅｖｉｌ．ｃｏｍ"]],
    ["링크는 http://spam.kr/이벤트 입니다", ["http://spam.kr/이벤트"]],
  ])("finds those of %j", async (body, expected) => {
    const { values, pieces } = await linksOf(body);
    expect(pieces["links.count"]).toEqual(expected);
    expect(values["links.count"]).toBe(expected.length);
  });

  test.each([
    "It was good.it came late",
    "It was good.Today we go",
    "End.Це початок",
    "see readme.md and node.js 1.2.3.4",
    "e.g. this, i.e. that, т.е. это",
    "mail me@example.com",
    "3.14 and 10.000",
    "no links here...",
    "https://",
  ])("is 0 for %j", async (body) => {
    expect((await linksOf(body)).values["links.count"]).toBe(0);
  });

  test.each([
    ["https://news.example/a", 0],
    ["https://www.news.example/a", 0],
    ["https://m.news.example/a", 0],
    ["https://othernews.example/a", 1],
    ["https://news.example.evil.com/", 1],
    ["https://news.example@evil.com/", 1],
  ])("does not count the site's own: %s", async (body, count) => {
    expect((await linksOf(body)).values["links.count"]).toBe(count);
  });
});

test("hosts are listed once, domains are registrable ones", async () => {
  const { values } = await linksOf(
    "http://a.shop.co.uk http://b.shop.co.uk https://b.shop.co.uk/2 x.blogspot.com/ y.blogspot.com/ http://пример.рф",
  );
  expect(values["links.hosts"]).toEqual([
    "a.shop.co.uk",
    "b.shop.co.uk",
    "x.blogspot.com",
    "y.blogspot.com",
    "xn--e1afmkfd.xn--p1ai",
  ]);
  expect(values["links.distinctHosts"]).toBe(4);
});

describe("kinds of links", () => {
  test.each<[string, string, unknown]>([
    ["https://bit.ly/abc and http://tinyurl.com/x", "links.shorteners", 2],
    ["https://notbit.ly.example.com/", "links.shorteners", 0],
    ["https://paypal.com@evil.example/login", "links.userInfo", true],
    ["https://user:pass@evil.example/", "links.userInfo", true],
    ["https://evil.example/@user", "links.userInfo", false],
    ["http://раураl.com/", "links.homograph", true],
    ["http://xn--80ak6aa92e.com/", "links.homograph", true],
    ["http://аррӏе.com/", "links.homograph", true],
    ["http://gοοgle.com/", "links.homograph", true],
    ["http://новини.укр/", "links.homograph", false],
    ["http://тест.com/", "links.homograph", false],
    ["http://münchen.de/", "links.homograph", false],
    ["http://例え.jp/", "links.homograph", false],
    ["[url=http://x.com]a[/url]", "links.markup", true],
    ["<A HREF='http://x.com'>a</A>", "links.markup", true],
    ["[a](http://x.com)", "links.markup", true],
    ["[1] see http://x.com (a)", "links.markup", false],
    ["a < b and c > d", "links.markup", false],
    ["hxxp://evil.example/x", "links.obfuscated", 1],
    ["evil[.]com, evil (dot) com, evil (точка) com", "links.obfuscated", 3],
    ["I (dot) the i", "links.obfuscated", 0],
    ["array[0].x (.)", "links.obfuscated", 0],
  ])("%s: %s is %j", async (body, fact, value) => {
    expect((await linksOf(body)).values[fact]).toEqual(value);
  });

  test.each<[string, string[]]>([
    ["http://a.b.c.d.e.f.g.example.com/", ["dots"]],
    ["http://192.168.1.10/x", ["ip_address"]],
    ["http://2130706433/", ["ip_address"]],
    ["http://0x7f.1/", ["ip_address"]],
    ["http://[::1]/", ["ip_address"]],
    ["http://localhost/x", ["local_name"]],
    ["http://printer.local/x", ["local_name"]],
    ["http://example.com:8081/", ["port"]],
    [`http://example.com/${"a".repeat(2_048)}`, ["length"]],
  ])("%s is suspicious for %j", async (body, reasons) => {
    const { facts } = await linksOf(body);
    expect(facts["links.suspicious"]?.value).toBe(true);
    expect(facts["links.suspicious"]?.detail?.["reasons"]).toEqual(reasons);
  });

  test.each([
    "https://example.com:443/a",
    "http://example.com:80",
    "https://www.a.b.example.co.uk/x?y=1.2.3.4.5.6.7.8",
  ])("%s is not suspicious", async (body) => {
    expect((await linksOf(body)).values["links.suspicious"]).toBe(false);
  });
});

describe("the site's lists", () => {
  const lists = {
    blockedDomains: ["Evil.com", "*.bad.example", "https://www.spam.co.uk/page", "пример.рф"],
    allowedDomains: ["youtube.com", "good.evil.com"],
  };

  test.each<[string, string[], string[], number]>([
    ["https://evil.com/ and http://www.evil.com", ["evil.com", "www.evil.com"], [], 2],
    ["http://notevil.com", [], [], 1],
    ["http://x.bad.example/ http://bad.example/", ["x.bad.example", "bad.example"], [], 2],
    ["shop.spam.co.uk/a", ["shop.spam.co.uk"], [], 1],
    ["http://пример.рф/", ["xn--e1afmkfd.xn--p1ai"], [], 1],
    ["https://www.youtube.com/watch?v=1 http://a.com", [], ["www.youtube.com"], 1],
    // A block weighs more than a permission.
    ["http://good.evil.com/", ["good.evil.com"], [], 1],
  ])("%s", async (body, blocked, allowed, count) => {
    const { values } = await runOn(linksSignal, makeListedSubject(body, lists));
    expect(values["links.blocked"]).toEqual(blocked);
    expect(values["links.allowed"]).toEqual(allowed);
    expect(values["links.count"]).toBe(count);
  });

  test("a blocked website counts, though it is no link of the comment", async () => {
    const subject = makeListedSubject("Nice", lists, withWebsite("https://evil.com/me"));
    const { facts } = await runOn(linksSignal, subject);
    expect(facts["links.blocked"]).toEqual({
      value: ["evil.com"],
      spans: [],
      detail: { hosts: ["evil.com"] },
    });
    expect(facts["links.count"]?.value).toBe(0);
    expect(facts["links.website"]?.value).toBe(true);
  });
});

describe("the author's website", () => {
  test.each([
    [null, false],
    ["  ", false],
    ["https://news.example/authors/ann", false],
    ["https://ann.example", true],
    ["ann.example", true],
  ])("%j is given: %s", async (website, expected) => {
    const changes = website === null ? {} : withWebsite(website);
    expect((await linksOf("Hi", changes)).values["links.website"]).toBe(expected);
  });

  test("is looked at like a link", async () => {
    expect((await linksOf("Hi", withWebsite("http://bit.ly/x"))).values["links.shorteners"]).toBe(1);
    expect((await linksOf("Hi", withWebsite("http://аррӏе.com"))).values["links.homograph"]).toBe(true);
    const { facts } = await linksOf("Hi", withWebsite("http://a@b@c@evil.example/"));
    expect(facts["links.suspicious"]?.detail?.["reasons"]).toEqual(["at_signs"]);
  });
});
