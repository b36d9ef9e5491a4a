import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normaliseText, skeletonOf, spanInBody } from "../../src/moderation/text.ts";
import { unitAt } from "../../src/moderation/text/unit-at.ts";

const words = (body: string) => normaliseText(body).words.map((word) => word.text);

describe("plain text", () => {
  test.each([
    ["Hello  World\n\nagain ", "hello world again"],
    ["ﬁne ＦＵＬＬ 𝓬𝓪𝓼𝓲𝓷𝓸 ⓕⓡⓔⓔ 🅰🅱", "fine full casino free ab"],
    ["ΟΔΟΣ", "οδοσ"],
    ["10㎞ h₂o", "10km h2o"],
    ["i\u200bd\u00adi\u2060ot", "idiot"],
    ["\ufeffstart", "start"],
    ["", ""],
    [" \n\t ", ""],
  ])("%j reads %j", (body, plain) => {
    expect(normaliseText(body).plain).toBe(plain);
  });

  test.each([
    ["Їхній об’єкт, п’ять ґрат", "їхній об'єкт, п'ять ґрат"],
    ["Съешь ещё этих мягких булок", "съешь ещё этих мягких булок"],
    ["Αυτό είναι ελληνικά", "αυτό είναι ελληνικά"],
    ["안녕하세요 LG는 최고 ㅋㅋㅠㅠ", "안녕하세요 lg는 최고 ㅋㅋㅠㅠ"],
    ["ﾡﾾￂￜ", "ㄱㅎㅏㅣ"],
    ["日本語のテスト", "日本語のテスト"],
    ["Größe & naïve", "größe & naïve"],
  ])("letters of %j keep their script", (body, plain) => {
    expect(normaliseText(body).plain).toBe(plain);
  });

  test("decomposed letters compose, also in Hangul", () => {
    expect(normaliseText("и\u0306").plain).toBe("й");
    expect(normaliseText("\u1112\u1161\u11ab").plain).toBe("한");
  });

  test("marks past the thirtieth on a base are dropped", () => {
    expect(normaliseText(`x${"\u0336".repeat(200)}y`).plain).toBe(`x${"\u0336".repeat(30)}y`);
  });
});

describe("words", () => {
  test.each([
    ["Don't stop, it's п'ять o’clock", ["don't", "stop", "it's", "п'ять", "o'clock"]],
    ["'quoted' rock'n'roll'", ["quoted", "rock'n'roll"]],
    ["snake_case well-known 3.5", ["snake", "case", "well", "known", "3", "5"]],
    ["👍 ok 👩‍💻!", ["ok"]],
  ])("%j", (body, expected) => {
    expect(words(body)).toEqual(expected);
  });
});

describe("disguises", () => {
  test.each([
    ["free vіаgrа now", "free viagra now"],
    ["саsіnо", "casino"],
    ["вот дeбuлы, дeбuл0в", "вот дебилы дебилов"],
    ["какой пиzдец", "какой пиздец"],
    ["v.i.a.g.r.a and c a s i n o", "viagra and casino"],
    ["v1agra s3x", "viagra sex"],
    ["ᴄᴀsɪɴᴏ", "casino"],
    ["z̷̲a̴l̸g̵o", "zalgo"],
    ["это за\u0301мок", "это замок"],
    ["Ꮯasino", "casino"],
    ["раура is a latin sentence", "paypa is a latin sentence"],
  ])("%j reads %j", (body, skeleton) => {
    expect(skeletonOf(normaliseText(body))).toBe(skeleton);
  });

  test.each([
    "Сор из избы не выноси, это наш сор",
    "Їжак і сом",
    "J. R. R. Tolkien",
    "covid19 mp3 2nd 4k",
    "LG는 KBS가 PC방",
    "Tシャツ",
    "The quick brown fox",
  ])("%j is left as it is", (body) => {
    const text = normaliseText(body);
    expect(text.skeletonWords.map((word) => word.text)).toEqual(text.words.map((word) => word.text));
    expect(text.mixedScriptWords).toEqual([]);
  });

  test.each([
    ["саsino", 1],
    ["хyйня и нaxyй", 2],
    ["πρоtest", 1],
    ["Мої iPhoneи та PDFки тут", 0],
    ["5μm and kΩ", 0],
    ["звичайний текст and plain text", 0],
  ])("%j has %i mixed words", (body, count) => {
    expect(normaliseText(body).mixedScriptWords).toHaveLength(count);
  });
});

describe("hidden characters", () => {
  test.each([
    ["he\u200bllo", 1, ["\u200b"]],
    ["a\u200b\u200cb\u2060c", 3, ["\u200b\u200c", "\u2060"]],
    ["\u202eevil\u202c", 2, ["\u202e", "\u202c"]],
    ["x\u{e0041}\u{e0042}", 2, ["\u{e0041}\u{e0042}"]],
    ["😀\ufe0f\ufe0f\ufe0f", 2, ["\ufe0f\ufe0f"]],
    ["bell\u0007", 1, ["\u0007"]],
    ["ㅤ", 1, ["ㅤ"]],
  ])("%j hides %i", (body, count, pieces) => {
    const { hidden } = normaliseText(body);
    expect(hidden.count).toBe(count);
    expect(hidden.spans.map(({ start, end }) => body.slice(start, end))).toEqual(pieces);
  });

  test.each([
    "👩‍💻 👩🏽‍🚒 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👨‍👩‍👧",
    "می‌خواهم",
    "क्‍ष",
    "שלום \u200fABC",
    "\ufeffbyte order mark",
    "葛\u{e0100}",
    "line\r\nbreak\ttab",
  ])("%j hides nothing", (body) => {
    expect(normaliseText(body).hidden).toEqual({ count: 0, spans: [] });
  });

  test("points at no more than twenty runs", () => {
    const { hidden } = normaliseText("a\u200b".repeat(50));
    expect(hidden.count).toBe(50);
    expect(hidden.spans).toHaveLength(20);
  });
});

describe("offsets", () => {
  test.each([
    ["say  Idiot!", "idiot", "Idiot"],
    ["i\u200bd\u200biot now", "idiot", "i\u200bd\u200biot"],
    ["𝐢𝐝𝐢𝐨𝐭", "idiot", "𝐢𝐝𝐢𝐨𝐭"],
    ["10 ㎞ off", "k", "㎞"],
    ["и\u0306ти", "йти", "и\u0306ти"],
    ["end  ", "end", "end"],
    ["👩‍💻 код", "код", "код"],
  ])("in %j, %j was written %j", (body, found, written) => {
    const text = normaliseText(body);
    const start = text.plain.indexOf(found);
    const span = spanInBody(text, start, start + found.length);
    expect(body.slice(span.start, span.end)).toBe(written);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.string({ unit: "binary", maxLength: 200 }),
  // Lone surrogates too.
  fc.array(fc.nat(0xffff), { maxLength: 200 }).map((units) => String.fromCharCode(...units)),
);

describe("any text", () => {
  test("normalises without throwing, and every word lies in the body", () => {
    fc.assert(
      fc.property(anyText, (body) => {
        const text = normaliseText(body);
        for (const word of [...text.words, ...text.skeletonWords]) {
          const span = spanInBody(text, word.start, word.end);
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeGreaterThan(span.start);
          expect(span.end).toBeLessThanOrEqual(body.length);
        }
        for (const word of text.words) expect(text.plain.slice(word.start, word.end)).toBe(word.text);
      }),
      { numRuns: 300 },
    );
  });

  test("is the same after a second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 100 }), (body) => {
        const once = normaliseText(body).plain;
        expect(normaliseText(once).plain).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  test("grows at most eightfold", () => {
    expect(normaliseText("\ufdfa\ufdfb\u3300".repeat(5_000)).plain.length).toBeLessThanOrEqual(8 * 15_000);
  });
});

test("unitAt reads as charCodeAt does, whatever a text is made of", () => {
  const texts = ["", "abc", "ёж", "👍", "abc".slice(1), `${"a".repeat(20)}${"é".repeat(3)}`, "\ud800"];
  for (const text of texts) {
    for (let at = 0; at <= text.length; at++) expect(unitAt(text, at)).toBe(text.charCodeAt(at));
  }
});
