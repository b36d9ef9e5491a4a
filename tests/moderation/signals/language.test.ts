import { describe, expect, test } from "vitest";
import { languageSignal, loadLanguageModel } from "../../../src/moderation/signals/language.ts";
import { makeSubject, runOn } from "./subject.ts";

const languageOf = async (body: string, article: string | null = null, site: string | null = null) => {
  const subject = makeSubject(body);
  return runOn(languageSignal, {
    ...subject,
    article: { ...subject.article, language: article },
    site: { ...subject.site, language: site },
  });
};

describe("the language of", () => {
  test.each([
    ["I think the author is right about the new bridge", "en"],
    ["Я думаю, що автор має рацію щодо нового мосту", "uk"],
    ["У нас у селі така сама ситуація, дороги немає вже двадцять років", "uk"],
    ["Я думаю, что автор прав насчёт нового моста", "ru"],
    ["Украинцы сами себе в ногу выстрелили", "ru"],
    ["Дзякуй за артыкул, вельмі цікава было пачытаць пра новы мост", "be"],
    ["Благодаря за статията, много интересно беше да се прочете", "bg"],
    ["Myślę, że autor ma rację w sprawie nowego mostu", "pl"],
    ["Ich glaube, dass der Autor mit der Brücke recht hat", "de"],
    ["Je pense que l’auteur a raison à propos du pont", "fr"],
    ["저자의 말이 맞다고 생각합니다", "ko"],
    ["LG 트윈스 화이팅 KBO", "ko"],
    ["著者の言うことは正しいと思います", "ja"],
    ["我认为作者说得对", "zh"],
    ["Νομίζω ότι έχει δίκιο", "el"],
    ["אני חושב שהוא צודק", "he"],
    ["ฉันคิดว่าเขาพูดถูก", "th"],
    ["ვფიქრობ მართალია", "ka"],
    ["Sooooooo goooood that the author wrote this articleeeee", "en"],
    ["Nice https://example.de/der-schnelle-braune-fuchs article, I did not know about it", "en"],
  ])("%j is %s", async (body, language) => {
    const { values } = await languageOf(body);
    expect(values["language.detected"]).toBe(language);
    expect(values["language.confidence"]).toBeGreaterThan(0.5);
    expect(values["language.confidence"]).toBeLessThanOrEqual(1);
  });

  test.each([
    "Great article!",
    "Дякую!",
    "ясно все с вами",
    "ㅋㅋ",
    "👍👍👍👍",
    "12345 67890 12345 67890",
    "https://example.com/a-long-path-of-words",
  ])("%j is not told", async (body) => {
    expect((await languageOf(body)).facts).toEqual({});
  });
});

describe("matches", () => {
  const ENGLISH = "I think the author is right about the new bridge, really";
  const RUSSIAN = "Я думаю, что автор прав насчёт нового моста, и это хорошо";

  test.each<[string, string | null, string | null, boolean | undefined]>([
    [ENGLISH, "en", null, true],
    [ENGLISH, "en-GB", null, true],
    [ENGLISH, "uk", "en", false],
    [ENGLISH, null, "EN_us", true],
    [ENGLISH, null, "ko", false],
    [ENGLISH, null, null, undefined],
    [ENGLISH, "ga", null, undefined],
    [ENGLISH, "", null, undefined],
    [RUSSIAN, "uk", null, false],
    [RUSSIAN, "ru", null, true],
    ["저는 그렇게 생각하지 않습니다", "ko-KR", null, true],
    ["Jeg tror at forfatteren har rett om den nye broen og byen", "nb", null, true],
  ])("%j against article %j, site %j: %s", async (body, article, site, expected) => {
    expect((await languageOf(body, article, site)).values["language.matches"]).toBe(expected);
  });
});

test("answers at once after the model was loaded", async () => {
  await loadLanguageModel();
  expect(languageSignal.run(makeSubject("I think the author is right about it"))).not.toBeInstanceOf(Promise);
});
