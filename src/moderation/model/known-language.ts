import type { Features } from "./features.ts";

/** Different foreign function words, and more than English ones, for a text to count as foreign. */
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
  const english = new Set<string>();
  const foreign = new Set<string>();
  for (const { text } of words) {
    if (ENGLISH.has(text)) english.add(text);
    else if (FOREIGN.has(text)) foreign.add(text);
  }
  return foreign.size < FOREIGN_WORDS_MIN || foreign.size <= english.size;
}

const LETTER = /\p{L}/u;
/** Letters of Belarusian, Serbian, Macedonian, Kazakh, Tatar, Mongolian, Tajik. */
const FOREIGN_CYRILLIC = /[ўјљњћђџѓќѕәөүұқғңһҗҷӣӯҳ]/u;

/** Commonest words of English that are none elsewhere. */
const ENGLISH = new Set(
  (
    "the and but if of for from with are were be been it its this that these those you she we they him her us them my your his " +
    "our their not does did have had would can could should what who why how when where there here just about than then all " +
    "any some more very too dont thats ur lol fuck shit get got go know think like people"
  ).split(" "),
);

/**
 * Commonest words of German, Dutch, French, Spanish, Portuguese, Italian, Polish, Czech, Romanian, Turkish and the Nordic languages
 * that are none of English, its slang or its names.
 */
const FOREIGN = new Set(
  (
    "der und ist nicht ich sie wir ein eine dem mit auf für auch sich von zu wie aber nur noch een niet dat zijn voor maar ook " +
    "les des une est pas qui dans avec cette nous vous ils très merci los las una por para pero como más muy esta este su os um " +
    "uma não é mas com você muito isso di che è ma più questo della nel gli na nie jest się jak ale czy tak že je și nu este pe " +
    "cu care ve bir çok için ben och är att det inte som på jag til og ikke jeg ei ole että hän mutta"
  ).split(" "),
);
