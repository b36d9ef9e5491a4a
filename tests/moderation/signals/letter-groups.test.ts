import { eld } from "eld/extrasmall";
import { expect, test } from "vitest";
import type { LanguageScores } from "../../../src/moderation/text/language.ts";
import { parseLetterGroups, serialiseLetterGroups } from "../../../src/moderation/text/letter-groups-file.ts";
import { createScorer, loadLetterGroups } from "../../../src/moderation/text/letter-groups.ts";

const TEXTS = [
  "I don't think that’s it'",
  "Ich glaube, dass der Autor mit der Brücke recht hat",
  "Я думаю, що автор має рацію щодо нового мосту",
  "Myślę, że autor ma rację w sprawie nowego mostu",
  "ÅÄÖ İstanbul’da 12 l’auteur à 日本語 텍스트 𝔘 \ud800",
  "Supercalifragilisticexpialidocious".repeat(4),
  // Longer than what is looked at, at a word and within one.
  "Благодаря за статията много интересно ".repeat(8),
  `${"слово ".repeat(58)}продолжение`,
  "a",
  "ab",
  "abc",
  "12 ?",
  "",
];

test.each(TEXTS)("%j gets the scores that eld gives it", async (text) => {
  const score = await loadLetterGroups();
  expect(rank(score(text))).toEqual(Object.entries(eld.detect(text).getScores()));
});

test("a table that is cut off, or none, is refused", () => {
  const bytes = serialiseLetterGroups(
    ["en"],
    [{ bytes: [0x20, 0x61], weights: [{ language: 0, weight: 7 }] }],
  );
  expect(() => parseLetterGroups(bytes.subarray(0, -1))).toThrow("cut off");
  expect(() => parseLetterGroups(new Uint8Array(64))).toThrow("no table");
  // Its groups are " aaaa" and "aaaa ".
  expect(createScorer(parseLetterGroups(bytes))("aaaaa").scores).toEqual(new Float64Array(1));
});

function rank({ languages, scores }: LanguageScores): [string, number][] {
  const pairs = languages.map((language, index): [string, number] => [language, scores[index] ?? 0]);
  return pairs.filter(([, score]) => score > 0).toSorted((a, b) => b[1] - a[1]);
}
