import { writeFile } from "node:fs/promises";
import { z } from "zod";
import { type LetterGroup, serialiseLetterGroups } from "../../src/moderation/text/letter-groups-file.ts";

// `eld` offers its tables in no other way than as a detector.
const TABLES = new URL("../../node_modules/eld/src/", import.meta.url);
const OUTPUT = new URL("../../src/moderation/text/letter-groups.bin", import.meta.url);

const ngramsSchema = z.object({
  ngramsData: z.object({
    languages: z.record(z.string(), z.string().length(2)),
    ngrams: z.record(z.string(), z.record(z.string(), z.int())),
  }),
});
const dictionarySchema = z.object({ dictionary: z.array(z.string()).length(256) });

/** `npm run language:build`: writes the smallest table of `eld` (Apache-2.0) as bytes, a twentieth of what its module takes in memory. */
async function main(): Promise<void> {
  const { ngramsData } = ngramsSchema.parse(await import(new URL("ngrams/extrasmall.js", TABLES).href));
  const { dictionary } = dictionarySchema.parse(await import(new URL("dictionary.js", TABLES).href));
  // It writes bytes beyond ASCII as characters of its own; those that no UTF-8 has are blank.
  const bytes = new Map(
    dictionary.flatMap((character, byte) => (byte < 128 || character === " " ? [] : [[character, byte]])),
  );
  const groups = Object.entries(ngramsData.ngrams).map(([group, weights]): LetterGroup => ({
    bytes: Array.from(group, (character) => bytes.get(character) ?? character.charCodeAt(0)),
    weights: Object.entries(weights).map(([language, weight]) => ({ language: Number(language), weight })),
  }));
  await writeFile(OUTPUT, serialiseLetterGroups(Object.values(ngramsData.languages), groups));
}

await main();
