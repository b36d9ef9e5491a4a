import process from "node:process";
import { parseArgs } from "node:util";
import { evaluate } from "../../src/moderation/model/evaluate.ts";
import { extractFeatures } from "../../src/moderation/model/features.ts";
import { foldOf } from "../../src/moderation/model/folds.ts";
import type { KnownWords } from "../../src/moderation/model/known-words.ts";
import { type Judged, measure } from "../../src/moderation/model/measure.ts";
import { probabilityOf } from "../../src/moderation/model/score.ts";
import { type ModelTask, taskIndex } from "../../src/moderation/model/tasks.ts";
import { parseWeights, type Weights } from "../../src/moderation/model/weights-file.ts";
import { normaliseText } from "../../src/moderation/text.ts";
import { countWords } from "./count-words.ts";
import { readTrainingRows, type TrainingRow } from "./data.ts";
import { DISGUISES, obfuscate } from "./obfuscate.ts";
import { trainBase } from "./recipe.ts";

/** One row in so many is held out. */
const PARTS = 7;

/** `npm run model:report -- --data DIR`: the figures of docs/MODEL.md that training does not print. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  if (values.data === undefined) throw new Error("--data DIR is missing.");
  const rows = await readTrainingRows(values.data);
  reportDisguises(
    trainOn(
      rows.filter((row) => !isHeldOut(row)),
      "toxic",
    ),
    rows.filter(isHeldOut),
  );
  reportPages(rows);
}

/** A base model and the words that it knows, both of these rows alone. */
type Trained = { base: Weights; words: KnownWords };

function trainOn(rows: readonly TrainingRow[], task: ModelTask): Trained {
  const words = countWords(rows.map(({ text }) => text));
  return { words, base: parseWeights(trainBase(rows, words, () => {}, [task])) };
}

function isHeldOut({ from, text }: TrainingRow): boolean {
  return from !== "seeds" && foldOf(normaliseText(text).plain, PARTS) === 0;
}

function judge(
  { base, words }: Trained,
  task: ModelTask,
  rows: readonly TrainingRow[],
  change = (text: string) => text,
): Judged[] {
  return rows.flatMap((row) => {
    const y = row.says[task];
    if (y === undefined) return [];
    const text = normaliseText(change(row.text));
    const features = extractFeatures({ text, name: "", website: null }, words);
    return [{ probability: probabilityOf(base, null, features, task) ?? 0, y }];
  });
}

function reportDisguises(trained: Trained, held: readonly TrainingRow[]): void {
  say(`\ntoxic recall at the base threshold: data set | as written | ${DISGUISES.join(" | ")}`);
  const threshold = trained.base.tasks[taskIndex("toxic")]?.threshold ?? 0.5;
  for (const from of ["toxic-en-wikipedia", "toxic-en-news", "toxic-ru-vk", "toxic-ko-curse"]) {
    const toxic = held.filter((row) => row.from === from && row.says.toxic === 1);
    const recall = (change?: (text: string) => string) =>
      measure(judge(trained, "toxic", toxic, change), threshold).recall.toFixed(3);
    say(
      [from, recall(), ...DISGUISES.map((disguise) => recall((text) => obfuscate(text, disguise)))].join(
        " | ",
      ),
    );
  }
}

/** TubeSpam's own protocol: the first 70 % of a page's comments teach, the rest is judged; the base never saw the page. */
function reportPages(rows: readonly TrainingRow[]): void {
  say("\npage | MCC | blocked ham | caught | AUC | ECE | base alone: MCC | blocked ham | caught | AUC | ECE");
  const pages = new Set(rows.flatMap(({ page }) => page ?? []));
  for (const page of pages) {
    const { base, words } = trainOn(
      rows.filter((row) => row.page !== page),
      "spam",
    );
    const own = rows
      .filter((row) => row.page === page)
      .map(({ text, y, author }) => ({ text, y, lang: "en", author: author ?? "", website: null }));
    const cut = Math.floor(own.length * 0.7);
    const figures = [own.slice(0, cut), []].flatMap((train) => {
      const { judged, threshold } = evaluate({
        task: "spam",
        base,
        train,
        test: own.slice(cut),
        isOnline: false,
        known: words,
      });
      const { mcc, blockedHam, caughtSpam, auc, calibrationError } = measure(judged, threshold);
      return [mcc, blockedHam, caughtSpam, auc, calibrationError];
    });
    say([page, ...figures.map((figure) => figure.toFixed(3))].join(" | "));
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
