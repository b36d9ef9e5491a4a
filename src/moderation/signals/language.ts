import type { Fact, Signal, Subject } from "../signal.ts";
import {
  chooseLanguage,
  type DetectedLanguage,
  languageGroup,
  type LanguageScorer,
  readScripts,
} from "../text/language.ts";
import { loadLetterGroups } from "../text/letter-groups.ts";
import { proseWords } from "../text/links.ts";

/** Below this the language is named but not compared with the article's. */
const COMPARED_CONFIDENCE_MIN = 0.9;

/** The comment's language against the article's, or else the site's. */
export const languageSignal: Signal = {
  name: "language",
  version: 1,
  // The first use loads the table.
  deadlineMs: 5_000,
  facts: {
    "language.detected": {
      type: "string",
      description: "The comment's language (ISO 639-1), if long enough to tell",
    },
    "language.confidence": { type: "double", description: "How sure that is, 0 to 1" },
    "language.matches": {
      type: "bool",
      description:
        "It is the article's language, or else the site's; only when the language is certain enough",
    },
  },
  run(subject) {
    const read = readScripts(proseWords(subject.text));
    if (read === undefined) return {};
    if ("language" in read) return toFacts(read, subject);
    if (scorer !== undefined) return toFacts(chooseLanguage(scorer(read.sample), read), subject);
    return loadLanguageModel().then((score) => toFacts(chooseLanguage(score(read.sample), read), subject));
  },
};

let scorer: LanguageScorer | undefined;

/**
 * Loads the letter-group table (60 languages; no larger one did better on comments) unless it is there. A worker that calls
 * this at its start spares its first comment the wait; some 10 ms and 2 MB.
 */
export async function loadLanguageModel(): Promise<LanguageScorer> {
  return (scorer ??= await loadLetterGroups());
}

function toFacts(detected: DetectedLanguage | undefined, { article, site }: Subject): Record<string, Fact> {
  if (detected === undefined) return {};
  const { language, confidence } = detected;
  const facts: Record<string, Fact> = {
    "language.detected": { value: language },
    "language.confidence": { value: confidence },
  };
  const expected = toPrimaryLanguage(article.language ?? site.language);
  if (expected !== undefined && confidence >= COMPARED_CONFIDENCE_MIN) {
    facts["language.matches"] = { value: languageGroup(expected) === languageGroup(language) };
  }
  return facts;
}

/** `en-GB` → `en`; undefined for nothing, and for languages that the model does not know and would call by another's name. */
function toPrimaryLanguage(tag: string | null): string | undefined {
  const primary = tag?.trim().toLowerCase().split(/[-_]/u, 1)[0] ?? "";
  const language = RENAMED[primary] ?? primary;
  return KNOWN.has(language) ? language : undefined;
}

const RENAMED: Readonly<Record<string, string>> = {
  nb: "no",
  nn: "no",
  iw: "he",
  id: "ms",
  in: "ms",
  bs: "hr",
  fil: "tl",
};
const KNOWN = new Set(
  `am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka km kn ko ku lo lt lv ml mr ms my nl no or
  pa pl pt ro ru si sk sl sq sr sv ta te th tl tr uk ur vi yo zh`.split(/\s+/u),
);
