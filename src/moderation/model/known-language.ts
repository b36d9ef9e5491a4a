import type { Features } from "./features.ts";

/** Foreign function words that outweigh the English ones, for a text to count as foreign. */
const FOREIGN_WORDS_MIN = 2;

/**
 * Whether a text is of a kind that the base model was trained on: it has letters, most of its words are Latin, Cyrillic or
 * Hangul, and nothing says that the Latin or Cyrillic ones are of another language than English, Russian or Ukrainian. One
 * word alone is given the benefit of the doubt.
 */
export function isKnownLanguage({ words, script }: Features): boolean {
  if (script === "other" || !words.some(({ text }) => LETTER.test(text))) return false;
  if (script === "hangul") return true;
  if (script === "cyrillic") return !words.some(({ text }) => FOREIGN_CYRILLIC.test(text));
  let english = 0;
  let foreign = 0;
  for (const { text } of words) {
    if (ENGLISH.has(text)) english++;
    else if (FOREIGN.has(text)) foreign++;
  }
  return foreign < FOREIGN_WORDS_MIN || foreign <= english;
}

const LETTER = /\p{L}/u;
/** Letters of Belarusian, Serbian, Macedonian, Kazakh, Tatar, Mongolian, Tajik. */
const FOREIGN_CYRILLIC = /[ўјљњћђџѓќѕәөүұқғңһҗҷӣӯҳ]/u;

const ENGLISH = new Set(
  (
    "the a an and or but if of to in on at by for from with is are was were be been it its this that these those i you he " +
    "she we they me him her us them my your his our their not no do does did have has had will would can could should what " +
    "who why how when where there here so just about as than then all any some more very too im dont its thats u ur lol"
  ).split(" "),
);

/** Commonest words of German, Dutch, French, Spanish, Portuguese, Italian, Polish, Czech, Romanian, Turkish, the Nordic languages. */
const FOREIGN = new Set(
  (
    "der die das und ist nicht ich du sie wir ein eine den dem mit auf für auch sich von zu wie aber nur noch het een niet " +
    "van dat ik je zijn voor maar ook op le la les des un une et est pas que qui dans pour sur avec ce cette je tu il nous " +
    "vous ils plus du au très merci el los las una y es no por con para pero como más muy esta este yo su o os um uma não é " +
    "mas com você muito isso che di non per sono ma più questo della nel gli è i w z na nie to jest się do jak ale czy tak " +
    "v se že je ale si și nu este pe cu care ve bir bu da de çok ne için ben och är att det inte som en på jag til og ikke " +
    "jeg av ja ei ole että hän mutta"
  )
    .split(" ")
    .filter((word) => !ENGLISH.has(word)),
);
