import { writeFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { readTrainingRows } from "./data.ts";
import { trainBase } from "./recipe.ts";

const OUTPUT = new URL("../../src/moderation/model/base-weights.bin", import.meta.url);

/** `npm run model:train -- --data DIR`: the base model's weights from the data sets that docs/MODEL.md names. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  if (values.data === undefined) throw new Error("--data DIR is missing.");
  const rows = await readTrainingRows(values.data);
  await writeFile(
    OUTPUT,
    trainBase(rows, (line) => process.stdout.write(`${line}\n`)),
  );
}

await main();
