import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ModelTask } from "../../src/moderation/model/tasks.ts";

const rowSchema = z.object({
  text: z.string(),
  y: z.union([z.literal(0), z.literal(1)]),
  labels: z.record(z.string(), z.number()),
  lang: z.string(),
  page: z.string().optional(),
  author: z.string().optional(),
});

/** The data sets, by the names of their files; see docs/MODEL.md for what they are and their licences. */
const DATA_SETS = [
  "spam-youtube",
  "spam-sms",
  "toxic-en-wikipedia",
  "toxic-en-news",
  "toxic-en-tweets",
  "toxic-ru-vk",
  "toxic-ko-curse",
] as const;
export type DataSet = (typeof DATA_SETS)[number] | "seeds";

/** A text with what a person said about it. */
export type TrainingRow = z.infer<typeof rowSchema> & {
  from: DataSet;
  says: Partial<Record<ModelTask, 0 | 1>>;
};

/** Every row of the data sets in a directory, and the project's own seeds. */
export async function readTrainingRows(directory: string): Promise<TrainingRow[]> {
  const rows: TrainingRow[] = [];
  for (const from of DATA_SETS) {
    const lines = (await readFile(join(directory, `${from}.jsonl`), "utf8")).trim().split("\n");
    for (const line of lines) {
      const row = rowSchema.parse(JSON.parse(line));
      rows.push({ ...row, from, says: whatItSays(from, row) });
    }
  }
  return [...rows, ...(await readSeeds())];
}

function whatItSays(
  from: (typeof DATA_SETS)[number],
  { y, labels }: z.infer<typeof rowSchema>,
): TrainingRow["says"] {
  const says = (label: string): 0 | 1 => (labels[label] === 1 ? 1 : 0);
  switch (from) {
    case "spam-youtube":
    case "spam-sms":
      return { spam: y };
    case "toxic-en-wikipedia":
      return {
        toxic: y,
        insult: says("insult"),
        threat: says("threat"),
        identityAttack: says("identity_hate"),
        obscene: says("obscene"),
      };
    case "toxic-en-tweets":
      return { toxic: y, identityAttack: says("hate") };
    case "toxic-en-news":
    case "toxic-ru-vk":
    case "toxic-ko-curse":
      return { toxic: y };
    default:
      return from satisfies never;
  }
}

const SEED_LETTERS = { insult: "i", threat: "t", identityAttack: "h", obscene: "o", spam: "s" } as const;

/** Sentences written for Parley: language, letters of what they are, text. */
async function readSeeds(): Promise<TrainingRow[]> {
  const lines = (await readFile(new URL("seeds.tsv", import.meta.url), "utf8")).trim().split("\n");
  return lines.map((line) => {
    const [lang = "", letters = "", text = ""] = line.split("\t");
    const says: TrainingRow["says"] = { toxic: /[itho]/u.test(letters) ? 1 : 0 };
    for (const task of ["spam", "insult", "threat", "identityAttack", "obscene"] as const) {
      says[task] = letters.includes(SEED_LETTERS[task]) ? 1 : 0;
    }
    return { text, y: letters === "-" ? 0 : 1, labels: {}, lang, from: "seeds", says };
  });
}
