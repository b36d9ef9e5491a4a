import * as fc from "fast-check";
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
  ["5tup1d", "stupid"],
  ["you 1d10t", "you idiot"],
  ["$tup!d l0$er", "stupid loser"],
  ["a r1d1cul0u5 cl0wn$ c1@$$", "a ridiculous clowns class"],
  ["d0n't b00k 7hat", "dont book that"],
  ["!d!0t and 7h353", "idiot and these"],
  ["an @$$ or @s$", "an ass or ass"],
  ["1d107's fault", "idiots fault"],
  ["w0lfman haxx0ring r3pugn4nt", "wolfman haxxoring repugnant"],
  ["stuuuupid", "stupid"],
  ["hellloooo goooood tooo", "hello good too"],
  ["assss and bitchhhh", "ass and bitch"],
  ["ssttuuppiidd iiddiioott", "stupid idiot"],
  ["stuuppiid", "stupid"],
  ["stup111d", "stupid"],
  ["y o u a r e a n i d i o t", "you are an idiot"],
  ["y-o-u a_r_e a.n i*d*i*o*t", "you are an idiot"],
  ["stu pid i diot pathe tic", "stupid idiot pathetic"],
  ["st.upid mor-on", "stupid moron"],
  ["th*t w*s f*cking st*pid", "that was fucking stupid"],
  ["sh*thead and bullsh*tter", "shithead and bullshitter"],
  ["іdіоt", "idiot"],
])("%s is read as the known words %s", (written, meant) => {
  expect(read(written)).toBe(meant);
});

test.each([
  ["covid19 mp3 h264 x264 utf8 sha256 md5", "covid## mp# h### x### utf# sha### md#"],
  ["2nd 1st 5th 100k 10am 90s 5pm 4x4", "#nd #st #th ###k ##am ##s #pm #x#"],
  ["G7 B2B H1N1 F16 T34 AK47 C3PO R2D2", "g# b#b h#n# f## t## ak## c#po r#d#"],
  ["i18n a11y k8s l10n", "i##n a##y k#s l##n"],
  ["team5 win10 win7pro area51 route66 4chan 1and1", "team# win## win#pro area## route## #chan #and#"],
  ["AB12CDE and AB 12 CDE", "ab##cde and ab ## cde"],
  ["1984, 2016 or 7h15", "#### #### or #h##"],
  ["US$ 5, $5k, 45$", "us # #k ##"],
  ["me@home, this|that", "me home this that"],
  ["ffe4b5 ketamine500mg xq7zk9wv", "ffe#b# ketamine###mg xq#zk#wv"],
  ["@80sbaby price*", "##sbaby price"],
  ["sock puppet, some thing, in form, ha ha", "sock puppet some thing in form ha ha"],
  ["success of the committee's bookkeeper", "success of the committees bookkeeper"],
  ["Merritt and Morrall", "merritt and morrall"],
  ["wi*th m*ore go*od w*a*s th*", "with more good was th"],
])("%s is what it is", (written, meant) => {
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

test("words follow one another in the text, however they are disguised", () => {
  const unit = fc.constantFrom(...Array.from("stupidas10$@!.*-_ '|"), "ass", "я", "시");
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 60 }), (units) => {
      const text = normaliseText(units.join(""));
      let after = 0;
      for (const { start, end, text: word } of modelWords(text)) {
        expect(word).not.toBe("");
        expect(start).toBeGreaterThanOrEqual(after);
        expect(end).toBeGreaterThan(start);
        after = end;
      }
      expect(after).toBeLessThanOrEqual(text.plain.length);
    }),
  );
});

test("a text made to be hard to read is read in milliseconds", () => {
  const hard = [
    "1!1|a!1|1!1|a!1|",
    "aaabbbcccdddeeefffggghhh",
    "a1b!c|d1e!f|g1h!",
    "s*h*i*t*",
    "a b c d e f ",
  ];
  for (const piece of hard) {
    const text = normaliseText(piece.repeat(Math.ceil(10_000 / piece.length)));
    const spaced = normaliseText(`${piece} `.repeat(Math.ceil(10_000 / piece.length)));
    const before = performance.now();
    modelWords(text);
    modelWords(spaced);
    expect(performance.now() - before, piece).toBeLessThan(500);
  }
});

test("a reading keeps its place in the text", () => {
  const text = normaliseText("Эй, п и д о р!");
  const word = modelWords(text).at(-1);
  expect(text.plain.slice(word?.start, word?.end)).toBe("п и д о р");
});
