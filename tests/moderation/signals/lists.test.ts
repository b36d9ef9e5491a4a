import { describe, expect, test } from "vitest";
import { listsSignal } from "../../../src/moderation/signals/lists.ts";
import { makeListedSubject, makeSubject, runOn } from "./subject.ts";

const blockedWords = [
  "casino",
  "idiot",
  "cheap viagra",
  "fuck*",
  "бляд*",
  "дебил",
  "п'яний",
  "바보",
  "시발*",
  "シンプル",
  "傻逼",
  "c++",
  "$$$",
  "@spammer",
  "spam.example",
  "don",
  "schon",
];
const find = (body: string) => runOn(listsSignal, makeListedSubject(body, { blockedWords }));

describe("blocked words", () => {
  test.each<[string, string, string]>([
    ["What a CaSiNo!", "casino", "CaSiNo"],
    ["(idiot)", "idiot", "idiot"],
    ["cheap,\n  VIAGRA", "cheap viagra", "cheap,\n  VIAGRA"],
    ["you fucking", "fuck*", "fucking"],
    ["блядский цирк", "бляд*", "блядский"],
    ["П’яний водій", "п'яний", "П’яний"],
    ["너는 바보 야", "바보", "바보"],
    ["시발놈아", "시발*", "시발놈아"],
    ["これはシンプルなシャツ", "シンプル", "シンプル"],
    ["你是傻逼吗", "傻逼", "傻逼"],
    ["I write C++.", "c++", "C++"],
    ["make $$$ fast", "$$$", "$$$"],
    ["ask @Spammer", "@spammer", "@Spammer"],
    ["go to spam.example/x", "spam.example", "spam.example"],
  ])("%j holds %j", async (body, entry, piece) => {
    const { values, pieces } = await find(body);
    expect(values["lists.blockedWord"]).toEqual([entry]);
    expect(pieces["lists.blockedWord"]).toEqual([piece]);
  });

  test.each<[string, string, string]>([
    ["саsіnо", "casino", "саsіnо"],
    ["c a s i n o", "casino", "c a s i n o"],
    ["c.a.s.i.n.o", "casino", "c.a.s.i.n.o"],
    ["c4sin0s casi\u200bno", "casino", "casi\u200bno"],
    ["ｃａｓｉｎｏ", "casino", "ｃａｓｉｎｏ"],
    ["𝓬𝓪𝓼𝓲𝓷𝓸", "casino", "𝓬𝓪𝓼𝓲𝓷𝓸"],
    ["c̶a̶s̶i̶n̶o̶", "casino", "c̶a̶s̶i̶n̶o̶"],
    ["c@sino!", "casino", "c@sino"],
    ["fuuuuuck", "fuck*", "fuuuuuck"],
    ["f**king", "fuck*", "f**king"],
    ["ты дeбuл", "дебил", "дeбuл"],
    ["бл@дь", "бляд*", "бл@дь"],
    ["idiot's", "idiot", "idiot's"],
    ["l’idiot", "idiot", "l’idiot"],
  ])("a disguise is seen through: %j", async (body, entry, piece) => {
    const { values, pieces } = await find(body);
    expect(values["lists.blockedWord"]).toEqual([entry]);
    expect(pieces["lists.blockedWord"]).toEqual([piece]);
  });

  test.each([
    "casinos",
    "occasion",
    "idiotic",
    "viagra cheap",
    "cheap and viagra",
    "c",
    "c+",
    "$$",
    "spammer",
    "myspam.examples",
    "don't",
    "schön",
    "바보야",
    "подебилить",
    "f*ck@example.com",
    "****",
  ])("%j holds none", async (body) => {
    expect((await find(body)).values["lists.blockedWord"]).toEqual([]);
  });

  test("each entry is named once, each place shown", async () => {
    const { values, pieces } = await find("idiot, casino, IDIOT");
    expect(values["lists.blockedWord"]).toEqual(["idiot", "casino"]);
    expect(pieces["lists.blockedWord"]).toEqual(["idiot", "casino", "IDIOT"]);
  });

  test("the author's name is looked at too", async () => {
    const comment = { ...makeSubject("Nice").comment, name: "Best CASINO" };
    const { facts } = await runOn(listsSignal, makeListedSubject("Nice", { blockedWords }, { comment }));
    expect(facts["lists.blockedWord"]).toEqual({ value: ["casino"], detail: { inName: ["casino"] } });
  });

  test("watched words are a list of their own", async () => {
    const { values } = await runOn(
      listsSignal,
      makeListedSubject("crypto casino", { blockedWords, watchedWords: ["crypto"] }),
    );
    expect(values["lists.blockedWord"]).toEqual(["casino"]);
    expect(values["lists.watchedWord"]).toEqual(["crypto"]);
  });

  test.each([[""], ["  "], ["\u200b"]])("an empty entry matches nothing: %j", async (entry) => {
    const { values } = await runOn(listsSignal, makeListedSubject("Some * text", { blockedWords: [entry] }));
    expect(values["lists.blockedWord"]).toEqual([]);
  });

  test.each(["(a+)+$", "[", "a{1,99999}", "\\", "*", "^"])("an entry is no pattern: %j", async (entry) => {
    const { values } = await runOn(
      listsSignal,
      makeListedSubject(`so ${entry} it is`, { blockedWords: [entry] }),
    );
    expect(values["lists.blockedWord"]).toEqual([entry]);
    const other = await runOn(listsSignal, makeListedSubject("aaaaaaaa", { blockedWords: [entry] }));
    expect(other.values["lists.blockedWord"]).toEqual([]);
  });
});

test.each([
  ["bad@spam.com", true],
  ["BAD@Spam.com ", true],
  ["bad+tag@spam.com", true],
  ["good@spam.com", false],
  ["any@evil.example", true],
  ["any@mail.evil.example", true],
  ["any@notevil.example", false],
  ["evil.example@good.com", false],
])("%s is a blocked address: %s", async (email, expected) => {
  const lists = { blockedEmails: ["Bad@spam.com", "@evil.example", " "] };
  const { values } = await runOn(listsSignal, makeListedSubject("Hi", lists, { email }));
  expect(values["lists.blockedEmail"]).toBe(expected);
});

test("a network's match is passed on", async () => {
  const { request } = makeSubject("Hi");
  const listed = makeListedSubject("Hi", {}, { request: { ...request, ipListEntry: "192.0.2.0/24" } });
  expect((await runOn(listsSignal, listed)).facts["lists.blockedIp"]).toEqual({ value: true });
  expect((await runOn(listsSignal, makeListedSubject("Hi", {}))).values["lists.blockedIp"]).toBe(false);
});
