import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { z } from "zod";
import { BUCKETS } from "../../src/moderation/model/feature-set.ts";
import { extractFeatures } from "../../src/moderation/model/features.ts";
import { type Example, fitLogistic } from "../../src/moderation/model/fit.ts";
import { MODEL_TASKS, type ModelTask } from "../../src/moderation/model/tasks.ts";
import { serialiseWeights } from "../../src/moderation/model/weights-file.ts";
import { normaliseText } from "../../src/moderation/text.ts";

const rowSchema = z.object({
  text: z.string(),
  y: z.union([z.literal(0), z.literal(1)]),
  labels: z.record(z.string(), z.number()),
});
type Row = z.infer<typeof rowSchema>;

const OUTPUT = new URL("../../src/moderation/model/base-weights.bin", import.meta.url);

/** `npm run model:train -- --data DIR`: the base model's weights from the data sets that docs/MODEL.md names. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  if (values.data === undefined) throw new Error("--data DIR is missing.");
  const examples = new Map<ModelTask, Example[]>(MODEL_TASKS.map((task) => [task, []]));
  for (const file of [
    "spam-youtube",
    "spam-sms",
    "toxic-en-wikipedia",
    "toxic-en-news",
    "toxic-en-tweets",
    "toxic-ru-vk",
    "toxic-ko-curse",
  ]) {
    const lines = (await readFile(join(values.data, `${file}.jsonl`), "utf8")).trim().split("\n");
    for (const line of lines) {
      const row = rowSchema.parse(JSON.parse(line));
      const features = extractFeatures({ text: normaliseText(row.text), name: "", website: null });
      for (const [task, y, weight] of lessonsOf(file, row))
        examples.get(task)?.push({ ...features, y, weight, offset: 0 });
    }
  }
  const weights = new Int8Array(BUCKETS * MODEL_TASKS.length);
  const tasks = MODEL_TASKS.map((task, t) => {
    const fit = fitLogistic(examples.get(task) ?? [], { epochs: 4, rate: 0.3, decay: 1e-7, seed: 1 });
    const most = fit.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6);
    const scale = most / 127;
    fit.weights.forEach((weight, bucket) => {
      weights[bucket * MODEL_TASKS.length + t] = Math.round(weight / scale);
    });
    process.stdout.write(
      `${task}: ${examples.get(task)?.length} examples, scale ${scale}, bias ${fit.bias}\n`,
    );
    return { scale, bias: fit.bias };
  });
  await writeFile(OUTPUT, serialiseWeights(tasks, weights));
}

function lessonsOf(file: string, { y, labels }: Row): [ModelTask, 0 | 1, number][] {
  const says = (name: string): 0 | 1 => (labels[name] === 1 ? 1 : 0);
  if (file.startsWith("spam")) return [["spam", y, 1]];
  if (file === "toxic-en-wikipedia") {
    return [
      ["spam", 0, 0.2],
      ["toxic", y, 1],
      ["insult", says("insult"), 1],
      ["threat", says("threat"), 1],
      ["identityAttack", says("identity_hate"), 1],
      ["obscene", says("obscene"), 1],
    ];
  }
  if (file === "toxic-en-tweets")
    return [
      ["toxic", y, 0.3],
      ["identityAttack", says("hate"), 0.5],
    ];
  if (file === "toxic-en-news") return [["toxic", y, 0.2]];
  return [
    ["toxic", y, 1],
    ["insult", y, 0.5],
    ["spam", 0, 0.1],
  ];
}

await main();
