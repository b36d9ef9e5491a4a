import { describe, expect, test } from "vitest";
import { styleSignal } from "../../../src/moderation/signals/style.ts";
import { makeSubject, runOn } from "./subject.ts";

const styleOf = async (body: string) => runOn(styleSignal, makeSubject(body));
const valueOf = async (body: string, fact: string) => (await styleOf(body)).values[`style.${fact}`];

test.each([
  ["Hello, world", 12, 2],
  ["👩‍💻 код", 7, 1],
  ["Привіт, як справи?", 18, 3],
  ["안녕하세요 여러분", 9, 2],
  ["今天天气很好", 6, 3],
  ["", 0, 0],
])("%j has %i code points and %i words", async (body, length, words) => {
  const { values } = await styleOf(body);
  expect(values["style.length"]).toBe(length);
  expect(values["style.words"]).toBe(words);
});

describe("shouting", () => {
  test.each([
    ["THIS IS ALL IN CAPITAL LETTERS!", 1],
    ["ЦЕ ВСЕ ВЕЛИКИМИ ЛІТЕРАМИ", 1],
    ["Half OF THESE letters ARE capital", 11 / 28],
    ["nothing of this is in capitals", 0],
  ])("%j: %d", async (body, share) => {
    expect(await valueOf(body, "shouting")).toBeCloseTo(share, 10);
  });

  test.each([
    "WHAT? NO!",
    "저는 이 기사가 정말 마음에 들지 않습니다 그래서 씁니다",
    "1234567890 1234567890 12345",
  ])("%j is not judged", async (body) => {
    expect(await valueOf(body, "shouting")).toBeUndefined();
  });
});

test.each<[string, number, string[]]>([
  ["hello", 2, []],
  ["sooooo good", 5, ["ooooo"]],
  ["what!!!!!!!", 7, ["!!!!!!!"]],
  ["Неееет", 4, ["ееее"]],
  ["😀😀😀😀😀", 5, ["😀😀😀😀😀"]],
  ["------- ....... ))))))) 10000000", 0, []],
  ["ㅋㅋㅋㅋㅋㅋㅋㅋ 진짜ㅠㅠㅠㅠㅠ", 1, []],
  ["a\u200ba\u200ba\u200ba", 4, ["a\u200ba\u200ba\u200ba"]],
])("%j repeats a character %i times", async (body, length, pieces) => {
  const style = await styleOf(body);
  expect(style.values["style.repeatedChars"]).toBe(length);
  expect(style.pieces["style.repeatedChars"]).toEqual(pieces);
});

test.each([
  ["👍👍👍", 1],
  ["👩‍💻👨‍👩‍👧🇺🇦👍🏽❤️", 1],
  ["ok 👍👍", 0.5],
  ["five 5 © ™", 0],
])("%j is emoji to %d", async (body, share) => {
  expect(await valueOf(body, "emojiShare")).toBe(share);
});

test("emoji have no share of nothing", async () => {
  expect(await valueOf(" \u200b ", "emojiShare")).toBeUndefined();
});

describe("gibberish", () => {
  test.each([
    ["asdf asdfasdf qwertyuiop", 1],
    ["kjhsdfkjhg xcvbnmqwrt", 1],
    ["фывафыва йцукен", 1],
    ["ячсмитьбю фівапр", 1],
    ["ㅁㄴㅇㄹㅁㄴㅇㄹ ㅂㅈㄷㄱㅂㅈㄷㄱ", 1],
    ["ㄷㄱㄹㅇㄷㄹㅉㅇㅂㄹㄷㅈ", 1],
  ])("%j: %d", async (body, share) => {
    expect(await valueOf(body, "gibberish")).toBe(share);
  });

  test.each([
    "Knightsbridge rhythms, twelfths and strengths",
    "Angst vor Herbststürmen, Rechtsschutz",
    "Контрстратегія зі взглядом и прорывом",
    "Bezwzględny chrząszcz brzmi w trzcinie",
    "Čtvrtek, smrt a scvrklý vlk",
    "hmmmmmmm brrrrrrr grrrrrr pfffft shhhhh",
    "property were trees powerful",
    "진짜 ㅋㅋㅋㅋㅋㅋㅋ ㅇㅈ ㅠㅠㅠㅠ ㄹㅇㅋㅋ",
    "the address https://example.com/xkcdqwrtpsdfgh",
  ])("%j reads as language", async (body) => {
    expect(await valueOf(body, "gibberish")).toBe(0);
  });

  test.each(["asdf", "今天天气很好我们去公园", "مرحبا بكم في بيتنا", "123456 7890"])(
    "%j is not judged",
    async (body) => {
      expect(await valueOf(body, "gibberish")).toBeUndefined();
    },
  );

  test("points at the words, and weighs them by their letters", async () => {
    const { values, pieces } = await styleOf("good asdfgh");
    expect(values["style.gibberish"]).toBe(0.6);
    expect(pieces["style.gibberish"]).toEqual(["asdfgh"]);
  });
});

test("invisible characters and mixed words are counted and shown", async () => {
  const { values, pieces } = await styleOf("ca\u200bsi\u200bno саsino");
  expect(values["style.invisible"]).toBe(2);
  expect(pieces["style.invisible"]).toEqual(["\u200b", "\u200b"]);
  expect(values["style.mixedScript"]).toBe(1);
  expect(pieces["style.mixedScript"]).toEqual(["саsino"]);
});

test.each([
  ["\u202egnp.exe", true],
  ["\u202d12345\u202c", true],
  ["open \u2067 isolate", true],
  ["open \u2067 here\nclosed there\u2069", true],
  ["pasted \u202a+380 50 123\u202c number", false],
  ["\u2067שלום\u2069", false],
  ["שלום \u200fABC\u200e", false],
  ["plain", false],
])("%j reverses its text: %s", async (body, expected) => {
  expect(await valueOf(body, "bidi")).toBe(expected);
});

test.each<[string, string[]]>([
  ["what the f*ck, sh**t!", ["f*ck", "sh**t"]],
  ["бл@ть по%уй", ["бл@ть", "по%уй"]],
  ["b*tch | m0r*n", ["b*tch"]],
  ["*bold* 2*3 a@b.com 100%sure again*loving #tag x @user $5", []],
])("masked words of %j are %j", async (body, expected) => {
  const { values, pieces } = await styleOf(body);
  expect(pieces["style.masked"]).toEqual(expected);
  expect(values["style.masked"]).toBe(expected.length);
});
