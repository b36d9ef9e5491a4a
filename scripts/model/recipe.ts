import { calibrate } from "../../src/moderation/model/calibrate.ts";
import { chooseThreshold } from "../../src/moderation/model/choose-threshold.ts";
import { BUCKETS, REGIONS, SCRIPTS, type Script } from "../../src/moderation/model/feature-set.ts";
import { extractFeatures, type Features } from "../../src/moderation/model/features.ts";
import { type Example, type Fit, fitLogit, fitRatios } from "../../src/moderation/model/fit.ts";
import { foldOf } from "../../src/moderation/model/folds.ts";
import type { KnownWords } from "../../src/moderation/model/known-words.ts";
import { kindsOf } from "../../src/moderation/model/lexicon.ts";
import { type Judged, measure } from "../../src/moderation/model/measure.ts";
import { sigmoid } from "../../src/moderation/model/sigmoid.ts";
import { MODEL_TASKS, type ModelTask } from "../../src/moderation/model/tasks.ts";
import { makeTextSet } from "../../src/moderation/model/text-set.ts";
import { serialiseWeights, type TaskParameters } from "../../src/moderation/model/weights-file.ts";
import { normaliseText } from "../../src/moderation/text.ts";
import type { DataSet, TrainingRow } from "./data.ts";

const FOLDS = 3;
const PENALTY = 0.1;
const SMOOTHING = 1;

type Known = { row: TrainingRow; features: Features };

/** Trains every task (or some, for trials) in every script on the rows and gives the bytes of the weights file. */
export function trainBase(
  rows: readonly TrainingRow[],
  words: KnownWords,
  say: (line: string) => void,
  only: readonly ModelTask[] = MODEL_TASKS,
): Uint8Array {
  const known = rows.map((row) => ({
    row,
    features: extractFeatures({ text: normaliseText(row.text), name: "", website: null }, words),
  }));
  const weights = new Int8Array(BUCKETS * MODEL_TASKS.length);
  const tasks = MODEL_TASKS.map((task, place) => {
    if (!only.includes(task)) return { scripts: SCRIPTS.map(() => ({ scale: 0, bias: 0 })), threshold: 0.5 };
    const trained = trainTask(task, known, say);
    const scale = quantise(trained.weights, weights, place);
    const { scripts, threshold } = trained.parameters;
    return { threshold, scripts: scripts.map(({ scale: slope, bias }) => ({ scale: slope * scale, bias })) };
  });
  const texts = makeTextSet(
    known.filter(({ row }) => row.from !== "seeds").map(({ features }) => features.text.plain),
  );
  return serialiseWeights({ tasks, weights, known: texts.bits });
}

function trainTask(
  task: ModelTask,
  known: readonly Known[],
  say: (line: string) => void,
): { weights: Float32Array; parameters: TaskParameters } {
  const weights = new Float32Array(BUCKETS);
  const scripts = SCRIPTS.map(() => ({ scale: 0, bias: 0 }));
  const judged: (Judged & { from: DataSet })[] = [];
  // Latin first: what it learns of style goes for every script, and the others build on it.
  for (const script of ["latin", "cyrillic", "hangul"] as const) {
    const own = known.filter(({ features }) => features.script === script);
    if (script === "latin") addPriors(weights, task, own);
    const lessons = own.flatMap((each) => toLesson(task, each, weights));
    const { fit, outside } = fitAndCross(lessons, script);
    fit.weights.forEach((weight, index) => {
      weights[index] = (weights[index] ?? 0) + weight;
    });
    const counted = lessons.flatMap((lesson, i) =>
      lesson.isMeasured ? [{ logit: outside[i] ?? 0, y: lesson.y, from: lesson.from }] : [],
    );
    const { slope, shift } = calibrate(
      counted.map(({ logit }) => logit),
      counted.map(({ y }) => y),
    );
    scripts[SCRIPTS.indexOf(script)] = { scale: slope, bias: slope * fit.bias + shift };
    for (const { logit, y, from } of counted)
      judged.push({ probability: sigmoid(slope * logit + shift), y, from });
  }
  const labelled = judged.filter(({ from }) => from !== "seeds");
  const threshold = chooseThreshold(task, labelled);
  for (const from of new Set(judged.map((each) => each.from))) {
    sayFigures(
      say,
      `${from} | ${task}`,
      judged.filter((each) => each.from === from),
      threshold,
    );
  }
  return { weights, parameters: { scripts, threshold } };
}

/** Figures of cross-validation, as a row of docs/MODEL.md. */
function sayFigures(
  say: (line: string) => void,
  what: string,
  judged: readonly Judged[],
  threshold: number,
): void {
  const { count, positives, auc, mcc, f1, blockedHam, caughtSpam, calibrationError } = measure(
    judged,
    threshold,
  );
  const figures = [auc, mcc, f1, blockedHam, caughtSpam, calibrationError, threshold];
  say(`| ${what} | ${count} | ${positives} | ${figures.map((figure) => figure.toFixed(3)).join(" | ")} |`);
}

/** One in so many of them is enough for that. */
const PRIOR_PARTS = 3;

/** Tweets and pre-selected news comments use the words otherwise than a moderator would: they lend a little to start from. */
function addPriors(weights: Float32Array, task: ModelTask, own: readonly Known[]): void {
  const shares: [DataSet, ModelTask, number][] =
    task === "toxic"
      ? [
          ["toxic-en-tweets", "toxic", 0.2],
          ["toxic-en-news", "toxic", 0.3],
        ]
      : task === "identityAttack"
        ? [["toxic-en-tweets", "identityAttack", 0.2]]
        : [];
  for (const [from, of, share] of shares) {
    const examples = own.flatMap(({ row, features }) => {
      const y = row.says[of];
      const isSampled = foldOf(features.text.plain, PRIOR_PARTS) === 0;
      return row.from === from && y !== undefined && isSampled
        ? [{ ...features, y, weight: 1, offset: 0 }]
        : [];
    });
    if (examples.length === 0) continue;
    const fit = fitRatios(examples, { penalty: 3 * PENALTY, smoothing: SMOOTHING });
    fit.weights.forEach((weight, index) => {
      weights[index] = (weights[index] ?? 0) + share * weight;
    });
  }
}

type Lesson = Example & { isMeasured: boolean; fold: number; from: DataSet };

function toLesson(task: ModelTask, { row, features }: Known, weights: Float32Array): Lesson[] {
  const lesson = lessonOf(task, row, features);
  if (lesson === undefined || lesson.weight === 0) return [];
  const offset = fitLogit({ weights, bias: 0 }, features);
  return [{ ...features, ...lesson, offset, fold: foldOf(features.text.plain, FOLDS), from: row.from }];
}

/** One in so many rows stands for texts of other kinds. */
const SAMPLE_PARTS = 12;
const OBSCENE = 0b1;
const INSULT_OR_SLUR = 0b110;
const SLUR = 0b100;

/** What a row teaches a task, and how much. Measured are those that say it themselves. */
function lessonOf(
  task: ModelTask,
  row: TrainingRow,
  features: Features,
): { y: 0 | 1; weight: number; isMeasured: boolean } | undefined {
  const { from, says, lang } = row;
  const isSampled = foldOf(features.text.plain, SAMPLE_PARTS) === 0;
  const said = says[task];
  if (from === "seeds")
    return said === undefined
      ? undefined
      : { y: said, weight: lang === "en" ? 1 : 2, isMeasured: lang !== "en" };
  if (task === "spam") {
    if (said !== undefined)
      return { y: said, weight: from === "spam-sms" ? 0.15 : 1, isMeasured: from === "spam-youtube" };
    return { y: 0, weight: isSampled ? 0.5 : 0, isMeasured: false };
  }
  if (from === "toxic-en-tweets" || from === "toxic-en-news") return undefined;
  if (said !== undefined) return { y: said, weight: 1, isMeasured: true };
  if (from === "spam-youtube" || from === "spam-sms")
    return { y: 0, weight: isSampled ? 0.5 : 0, isMeasured: false };
  if (task === "threat") return { y: 0, weight: row.y === 1 ? 0 : 0.3, isMeasured: false };
  const kinds = features.words.reduce((all, { text }) => all | kindsOf(text), 0);
  if (task === "obscene") return { y: (kinds & OBSCENE) !== 0 ? 1 : 0, weight: 0.5, isMeasured: false };
  const isMeant = (kinds & (task === "identityAttack" ? SLUR : INSULT_OR_SLUR)) !== 0;
  return {
    y: row.y === 1 && isMeant ? 1 : 0,
    weight: row.y === 1 && !isMeant ? 0.1 : 0.5,
    isMeasured: false,
  };
}

/** The fit on everything, and for each lesson the log-odds by a fit that did not see it. */
function fitAndCross(lessons: readonly Lesson[], script: Script): { fit: Fit; outside: number[] } {
  const { start, size } = REGIONS[script];
  const isFrozen = (index: number) =>
    !(index >= start && index < start + size) && !(script === "latin" && index >= REGIONS.other.start);
  const options = { penalty: PENALTY, smoothing: SMOOTHING, isFrozen };
  const outside = lessons.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const fit = fitRatios(
      lessons.filter((lesson) => lesson.fold !== fold),
      options,
    );
    lessons.forEach((lesson, i) => {
      if (lesson.fold === fold) outside[i] = lesson.offset + fitLogit(fit, lesson);
    });
  }
  return { fit: fitRatios(lessons, options), outside };
}

/** Makes bytes of a task's weights (see BYTE_VALUES). Returns the scale. */
function quantise(from: Float32Array, into: Int8Array, place: number): number {
  const scale = from.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6);
  from.forEach((weight, bucket) => {
    const size = Math.round(127 * Math.sqrt(Math.abs(weight) / scale));
    into[bucket * MODEL_TASKS.length + place] = weight < 0 ? -size : size;
  });
  return scale;
}
