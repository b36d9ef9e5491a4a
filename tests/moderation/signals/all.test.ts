import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EXTERNAL_FACTS } from "../../../src/moderation/external/facts.ts";
import { runSignals } from "../../../src/moderation/run-signals.ts";
import { type SiteLists, SPANS_MAX } from "../../../src/moderation/signal.ts";
import { FACTS, SIGNALS } from "../../../src/moderation/signals/index.ts";
import { makeListedSubject, makeSubject } from "./subject.ts";

describe("the declarations", () => {
  test("names have two camel-case segments, the first the signal's", () => {
    for (const signal of SIGNALS) {
      for (const name of Object.keys(signal.facts)) {
        expect(name).toMatch(/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/u);
        expect(name.split(".")[0]).toBe(signal.name);
      }
    }
  });

  test("are merged without loss", () => {
    const names = SIGNALS.flatMap((signal) => Object.keys(signal.facts));
    expect(new Set(names).size).toBe(names.length);
    // The rest come from others who are asked, where a site wants it.
    expect(Object.keys(FACTS)).toEqual([...names, ...Object.keys(EXTERNAL_FACTS)]);
  });
});

test("an ordinary comment gives every fact but those that do not apply", async () => {
  const body = "I think the author is right about the new bridge, and I hope to walk across it soon.";
  const { evidence } = await runSignals(SIGNALS, makeSubject(body));
  const found = new Set(evidence.map((item) => item.name));
  const campaign = ["id", "ageMinutes", "similarity", "newHosts", "sameAsPublished"].map(
    (fact) => `campaign.${fact}`,
  );
  const absent = new Set([
    "author.rejectedShare",
    "automation.publishBelow",
    "automation.spamFrom",
    ...campaign,
    ...Object.keys(EXTERNAL_FACTS),
  ]);
  expect(Object.keys(FACTS).filter((name) => !found.has(name) && !absent.has(name))).toEqual([]);
});

const LISTS: Partial<SiteLists> = {
  blockedWords: ["casino", "f**k", "*", "a*", "$$$", "バカ", "хуй*", "a b", "c++"],
  blockedDomains: ["evil.com"],
  blockedEmails: ["@evil.com"],
};
const PIECES = [
  "http://",
  "www.",
  "evil.com",
  "a@b.co",
  "[url=",
  "](",
  "<a href=",
  "саsino",
  "f*ck",
  "+380",
  "4111 1111 1111 1111",
  "GB29 NWBK",
  "\u200b",
  "\u202e",
  "\u0301",
  "\ud83d",
  "👩‍💻",
  "🇺🇦",
  "ﷺ",
  "ㅋㅋ",
  "バカ",
  "한국어",
  "Їжак",
  " ",
  "\n",
  "(dot)",
  "asdf",
  "'",
  "0501234567",
];
const anyBody = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 120 }),
  fc.array(fc.nat(0xffff), { maxLength: 120 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join("")),
);

async function expectSound(body: string, changes: { name?: string; website?: string; email?: string } = {}) {
  const { comment } = makeSubject(body);
  const { name = "Ann", website = null, email = "ann@example.com" } = changes;
  const subject = makeListedSubject(body, LISTS, { comment: { ...comment, name, website }, email });
  const { evidence } = await runSignals(SIGNALS, subject);
  for (const item of evidence) {
    expect(item, body).toMatchObject({ state: "ok" });
    expect(item.spans?.length ?? 0).toBeLessThanOrEqual(SPANS_MAX);
    for (const { start, end } of item.spans ?? []) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end, `${item.name} in ${JSON.stringify(body)}`).toBeGreaterThan(start);
      expect(end).toBeLessThanOrEqual(body.length);
    }
  }
}

test("no text makes a signal fail or point outside of it", async () => {
  await fc.assert(
    fc.asyncProperty(anyBody, (body) => expectSound(body)),
    { numRuns: 400 },
  );
});

test("nor does any name, website or address", async () => {
  const anyText = fc.string({ unit: "binary", maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, (name, website, email) =>
      expectSound("Hi", { name, website, email }),
    ),
    { numRuns: 200 },
  );
});

/** The longest body there is, made of what makes careless patterns slow: each is seconds when something is quadratic. */
test.each([
  ...PIECES,
  "a",
  "a*",
  "a.",
  "@a",
  "[",
  "(",
  "1",
  "1 ",
  "1-",
  "a ",
  "gb29 ",
  "\u200f",
  "\u202a",
  "a\u0301\u0323",
  "aа",
  "αa",
  "l'",
  "x".repeat(100),
  "http://a.b/?u=",
])("20,000 characters of %j take no longer than they should", async (piece) => {
  const body = piece.repeat(Math.ceil(20_000 / piece.length)).slice(0, 20_000);
  const startMs = performance.now();
  await expectSound(body);
  expect(performance.now() - startMs).toBeLessThan(2_000);
});
