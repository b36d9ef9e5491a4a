import { expect, test } from "vitest";
import { modelWords } from "../../../src/moderation/model/model-words.ts";
import { normaliseText } from "../../../src/moderation/text.ts";

const read = (text: string) =>
  modelWords(normaliseText(text))
    .map((word) => word.text)
    .join(" ");

test.each([
  ["у*банок", "уебанок"],
  ["ну ты и п и д о р", "ну ты пидор"],
  ["вот cyкa", "вот сука"],
  ["xуй тебе", "хуй тебе"],
  ["он меня 3аебал", "он меня заебал"],
  ["иди на х@й", "иди на хуй"],
  ["пошёл н@х@й", "пошел нахуй"],
  ["бл*ть", "блять"],
  ["Б.лять!", "блять"],
  ["е.ба.нат", "ебанат"],
  ["вот ч)урка", "вот чурка"],
  ["с..ка", "сука"],
  ["д,билы", "дебилы"],
  ["3.14дорас", "пидорас"],
  ["су ка", "сука"],
  ["ч м о", "чмо"],
  ["иииидиот", "идиот"],
  ["дeбuлы", "дебилы"],
  ["f*ck this", "fuck this"],
  ["f.u.c.k this", "fuck this"],
  ["i d i o t", "idiot"],
  ["you sh!t", "you shit"],
  ["b1tch", "bitch"],
  ["a$$hole", "asshole"],
  ["id\u200biot", "idiot"],
  ["ｉｄｉｏｔ", "idiot"],
  ["시1발", "시발"],
  ["병.신", "병신"],
  ["ㅅㅣ발", "시발"],
  ["시 발", "시발"],
])("%s is read as %s", (written, meant) => {
  expect(read(written)).toBe(meant);
});

test.each([
  ["Нет.Я не согласен, т.п. и/или м/с", "нет я не согласен т п и или м с"],
  ["на род и у рода", "на род и у рода"],
  ["Ну... за... до...", "ну за до"],
  ["U.S. vs. U.N., e.g. node.js", "u s vs u n e g node js"],
  ["far to the left, an all", "far to the left an all"],
  ["P.S. it was too... hee...", "p s it was too hee"],
  ["в 2 раза, 5-й год", "в # раза # й год"],
  ["이 년 전에", "이 년 전에"],
])("%s hides nothing", (written, meant) => {
  expect(read(written)).toBe(meant);
});

test("a reading keeps its place in the text", () => {
  const text = normaliseText("Эй, п и д о р!");
  const word = modelWords(text).at(-1);
  expect(text.plain.slice(word?.start, word?.end)).toBe("п и д о р");
});
