import { z } from "zod";
import { AppError } from "../../errors.ts";
import type { ModelTask } from "./tasks.ts";

const TEXT_UNITS_MAX = 100_000;
const label = z.union([z.literal(0), z.literal(1), z.boolean().transform((value) => (value ? 1 : 0))]);
const rowSchema = z.looseObject({
  text: z.string().max(TEXT_UNITS_MAX),
  y: label.optional(),
  labels: z.record(z.string(), z.unknown()).optional(),
  lang: z.string().max(35).optional(),
  author: z.string().max(500).nullish(),
  website: z.string().max(2_048).nullish(),
});

/** One line of a file to train on or to test with. */
export type EvaluationRow = {
  text: string;
  y: 0 | 1;
  lang: string;
  author: string;
  website: string | null;
};

/** What data sets call the attributes. */
const LABEL_NAMES: Partial<Record<ModelTask, readonly string[]>> = {
  insult: ["insult"],
  threat: ["threat"],
  identityAttack: ["identityAttack", "identity_attack", "identity_hate"],
  obscene: ["obscene"],
};

/**
 * The rows of a JSON lines file for a task: `y` for spam and toxic, the label of that name for the attributes. Empty lines are
 * skipped. @throws AppError naming the file and line that is wrong
 */
export function readRows(file: string, content: string, task: ModelTask): EvaluationRow[] {
  const rows: EvaluationRow[] = [];
  content.split("\n").forEach((line, index) => {
    if (line.trim() === "" || line === "\ufeff") return;
    rows.push(readRow(`${file}, line ${index + 1}`, line, task));
  });
  if (rows.length === 0) throw new AppError("invalid_input", `${file} has no rows.`);
  return rows;
}

function readRow(place: string, line: string, task: ModelTask): EvaluationRow {
  const parsed = rowSchema.safeParse(parseJson(place, line));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join(".") ?? "";
    throw new AppError(
      "invalid_input",
      `${place}: ${path === "" ? "" : `${path}: `}${issue?.message ?? "is wrong"}.`,
    );
  }
  const { text, lang, author, website } = parsed.data;
  return {
    text,
    y: labelOf(place, parsed.data, task),
    lang: lang ?? "?",
    author: author ?? "",
    website: website ?? null,
  };
}

function parseJson(place: string, line: string): unknown {
  try {
    return JSON.parse(line.replace(/^\ufeff/u, ""));
  } catch (error) {
    throw new AppError("invalid_input", `${place}: is no JSON object.`, { cause: error });
  }
}

function labelOf(place: string, row: z.infer<typeof rowSchema>, task: ModelTask): 0 | 1 {
  const names = LABEL_NAMES[task];
  if (names === undefined) {
    if (row.y !== undefined) return row.y === 1 ? 1 : 0;
    throw new AppError("invalid_input", `${place}: y is missing; it must be 0 or 1.`);
  }
  const name = names.find((each) => row.labels?.[each] !== undefined);
  const found = label.safeParse(name === undefined ? undefined : row.labels?.[name]);
  if (found.success) return found.data === 1 ? 1 : 0;
  throw new AppError("invalid_input", `${place}: labels.${names[0]} is missing; it must be 0 or 1.`);
}
