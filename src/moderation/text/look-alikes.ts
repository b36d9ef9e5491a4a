/**
 * Letters drawn like others, for undoing disguises: the idea of UTS #39 (confusables), but a small hand-made choice.
 * Everything is lower case and one UTF-16 unit; capitals lend their shape to the small letter (В is drawn like B, so в
 * reads as b). NFKC has dealt with fullwidth, mathematical and circled letters before.
 */
const DRAWN_LIKE_LATIN: Readonly<Record<string, string>> = {
  a: "аαάա\uab7aᴀɑ",
  b: "вьβʙ",
  c: "сϲ\uabafᴄⲥ",
  d: "ԁժ\uab70ᴅ",
  e: "еёҽєεέ\uab7cᴇ",
  f: "ғꜰ",
  g: "ԍց\uab90ɢɡ",
  h: "һнћհ\uab8b\uab92ʜ",
  i: "іїιί\uab75ɪɩ",
  j: "јϳյ\uab7bᴊ",
  k: "кқκ\uabb6ᴋⲕ",
  l: "ӏլ\uabaeʟ",
  m: "м\uab87ᴍⲙ",
  n: "пηήոռɴ",
  o: "оөοόσօᴏⲟ",
  p: "рρք\uabb2ᴘⲣ",
  q: "ԛզգ",
  r: "г\uab71\uaba2ʀ",
  s: "ѕ\uaba5\uabaaꜱ",
  t: "тτ\uab72ᴛⲧ",
  u: "иυύսᴜ",
  v: "ѵν\uaba9ᴠ",
  w: "шԝѡωώ\uab83\uaba4ᴡ",
  x: "хҳχⲭ",
  y: "уүγ\uab79ʏⲩ",
  z: "ζ\uab93ᴢ",
};

const DRAWN_LIKE_CYRILLIC: Readonly<Record<string, string>> = {
  а: "a",
  б: "b",
  с: "c",
  е: "e",
  н: "h",
  і: "i",
  к: "k",
  м: "m",
  п: "n",
  о: "o",
  р: "p",
  г: "r",
  т: "t",
  и: "u",
  ш: "w",
  х: "x",
  у: "y",
};

/** A letter of another script (or a small capital) → the Latin letter it is drawn like. */
export const AS_LATIN = inverted(DRAWN_LIKE_LATIN);
/** A Latin letter → the Cyrillic one it is drawn like. */
export const AS_CYRILLIC = inverted(DRAWN_LIKE_CYRILLIC);

/** Latin letters that stand for a Cyrillic sound without being drawn like it, where no look-alike fits ("пиzда"). */
export const SOUNDS_CYRILLIC = new Map([
  ...AS_CYRILLIC,
  ...inverted({ в: "v", г: "g", д: "d", з: "z", й: "j", л: "l", с: "s", ф: "f" }),
]);

/** Digits written for letters. */
export const DIGIT_AS_LATIN = inverted({ o: "0", i: "1", e: "3", a: "4", s: "5", t: "7", b: "8", g: "9" });
export const DIGIT_AS_CYRILLIC = inverted({ о: "0", з: "3", ч: "4", б: "6" });

/**
 * Cyrillic letters that a Latin reader takes for Latin ones in an address bar; a host label of these alone is a
 * look-alike (Chromium's IDN display policy, "whole-script confusable").
 */
export const CYRILLIC_LIKE_LATIN = new Set("асԁеһіјӏорԛѕԝхуъьҽпгѵѡ");

function inverted(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const letters = new Map<string, string>();
  for (const [letter, drawn] of Object.entries(table)) for (const other of drawn) letters.set(other, letter);
  return letters;
}
