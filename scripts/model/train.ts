import { writeFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { serialiseKnownWords } from "../../src/moderation/model/known-words.ts";
import { countWords } from "./count-words.ts";
import { readTrainingRows } from "./data.ts";
import { trainBase } from "./recipe.ts";

const WORDS = new URL("../../src/moderation/model/known-words.bin", import.meta.url);
const WEIGHTS = new URL("../../src/moderation/model/base-weights.bin", import.meta.url);

/** `npm run model:train -- --data DIR`: the known words and the base model's weights from the data sets that docs/MODEL.md names. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  if (values.data === undefined) throw new Error("--data DIR is missing.");
  const rows = await readTrainingRows(values.data);
  const words = countWords(rows.map(({ text }) => text));
  const weights = trainBase(rows, words, (line) => process.stdout.write(`${line}\n`));
  await writeFile(WORDS, serialiseKnownWords(words));
  await writeFile(WEIGHTS, weights);
}

await main();
