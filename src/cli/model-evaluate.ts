import { readFile } from "node:fs/promises";
import { AppError } from "../errors.ts";
import { loadBaseModel } from "../moderation/model/base-model.ts";
import { evaluate, type Evaluation } from "../moderation/model/evaluate.ts";
import { measure, type Measures } from "../moderation/model/measure.ts";
import { type EvaluationRow, readRows } from "../moderation/model/read-rows.ts";
import { MODEL_TASKS, type ModelTask } from "../moderation/model/tasks.ts";
import {
  type Command,
  type CommandInput,
  listOption,
  textOption,
  UsageError,
  wordOption,
} from "./command.ts";
import { formatTable } from "./table.ts";

export const modelEvaluate: Command = {
  name: "model evaluate",
  summary: "measure the model on texts with known answers",
  options: {
    task: { type: "string" },
    train: { type: "string", multiple: true },
    test: { type: "string", multiple: true },
    base: { type: "string" },
    online: { type: "boolean" },
    threshold: { type: "string" },
    json: { type: "boolean" },
  },
  spread: ["train", "test"],
  help: [
    `--task TASK      ${MODEL_TASKS.join(", ")}`,
    "--test FILE …    what to judge: a JSON object a line, {text, y, labels, lang, author, website}; y 1 = a moderator would act",
    "--train FILE …   what to learn from first; without it the shipped base model alone is measured",
    "--base WHICH     shipped (default): learn on top of the base model; none: from these files alone",
    "--online         learn one by one as a site does, and from each test row after judging it",
    "--threshold P    the probability from which to act, instead of the one that cross-validation on the training rows chooses",
    "--json           the figures as JSON",
    "",
    "If the base model was trained on most of the training rows, those are left out, for they would count twice; test rows",
    "that it was trained on are counted, for what it says of them proves nothing. Needs no database.",
  ].join("\n"),
  async run(input) {
    const task = wordOption(input, "task", MODEL_TASKS);
    if (task === undefined) throw new UsageError("--task is missing.");
    const testFiles = listOption(input, "test");
    if (testFiles.length === 0) throw new UsageError("--test is missing.");
    const threshold = thresholdOption(input);
    const test = await readFiles(testFiles, task);
    const evaluation = evaluate({
      task,
      base: wordOption(input, "base", ["shipped", "none"]) === "none" ? null : await loadBaseModel(),
      train: await readFiles(listOption(input, "train"), task),
      test,
      isOnline: input.options["online"] === true,
      ...(threshold === undefined ? {} : { threshold }),
    });
    process.stdout.write(
      input.options["json"] === true ? asJson(task, evaluation) : asText(task, evaluation),
    );
    return 0;
  },
};

function thresholdOption(input: CommandInput): number | undefined {
  const text = textOption(input, "threshold");
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new UsageError("--threshold must be a number between 0 and 1.");
}

async function readFiles(files: readonly string[], task: ModelTask): Promise<EvaluationRow[]> {
  const rows: EvaluationRow[] = [];
  for (const file of files) {
    for (const row of readRows(file, await readContent(file), task)) rows.push(row);
  }
  return rows;
}

async function readContent(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new AppError("invalid_input", `Cannot read ${file} (${why}).`, { cause: error });
  }
}

/** All rows, then by language when there are several. */
function groupsOf({ judged, threshold }: Evaluation): Map<string, Measures> {
  const languages = [...new Set(judged.map(({ lang }) => lang))].toSorted();
  const groups = new Map([["all", measure(judged, threshold)]]);
  if (languages.length === 1) return groups;
  for (const language of languages) {
    groups.set(
      language,
      measure(
        judged.filter(({ lang }) => lang === language),
        threshold,
      ),
    );
  }
  return groups;
}

function asText(task: ModelTask, evaluation: Evaluation): string {
  const { threshold, thresholdFrom, learned, knownTrain, knownTest, judged } = evaluation;
  const abstained = judged.filter(({ isAbstained }) => isAbstained).length;
  const groups = [...groupsOf(evaluation)];
  const rows = FIGURES.map(([name, key]) =>
    [name].concat(groups.map(([, measures]) => formatFigure(measures[key]))),
  );
  return [
    `task ${task}, learned from ${learned} rows, threshold ${formatFigure(threshold)} (${THRESHOLD_FROM[thresholdFrom]})\n`,
    knownTrain > 0 ? `${knownTrain} training rows left out: the base model was trained on them\n` : "",
    knownTest > judged.length * KNOWN_SHARE_SHOWN
      ? `CAUTION: the base model was trained on ${knownTest} of the test rows; these figures flatter it\n`
      : "",
    abstained > 0 ? `abstained on ${abstained} rows, counted as probability 0\n` : "",
    "\n",
    formatTable(["", ...groups.map(([group]) => group)], rows),
  ].join("");
}

/** A few short texts in common are no matter. */
const KNOWN_SHARE_SHOWN = 0.05;

const THRESHOLD_FROM = {
  given: "as given",
  base: "the base model's",
  train: "chosen by cross-validation on the training rows",
} as const;

const FIGURES: readonly [string, keyof Measures][] = [
  ["rows", "count"],
  ["of them 1", "positives"],
  ["accuracy", "accuracy"],
  ["precision", "precision"],
  ["recall", "recall"],
  ["F1", "f1"],
  ["MCC", "mcc"],
  ["AUC", "auc"],
  ["blocked ham", "blockedHam"],
  ["caught spam", "caughtSpam"],
  ["calibration error (ECE)", "calibrationError"],
];

function formatFigure(value: number): string {
  if (Number.isNaN(value)) return "-";
  return Number.isInteger(value) && Math.abs(value) > 1 ? String(value) : value.toFixed(4);
}

function asJson(task: ModelTask, evaluation: Evaluation): string {
  const { judged, ...rest } = evaluation;
  const abstained = judged.filter(({ isAbstained }) => isAbstained).length;
  return `${JSON.stringify({ task, ...rest, abstained, groups: Object.fromEntries(groupsOf(evaluation)) })}\n`;
}
