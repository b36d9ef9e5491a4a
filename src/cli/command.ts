import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import type { CliContext } from "./open-cli.ts";

/** What a command was called with; an option given more than once, or declared `multiple`, is a list. */
export type CommandInput = {
  /** By name, as declared. */
  args: Readonly<Record<string, string>>;
  options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  /** Opens the instance that the environment describes; closed when the command is done. */
  open(): Promise<CliContext>;
};

export type Command = {
  /** Two words, e.g. `token create`. */
  name: string;
  /** One line. */
  summary: string;
  /** Positional arguments, all needed. */
  args?: readonly string[];
  options?: ParseArgsOptionsConfig;
  /** Options that take every word up to the next option: `--test a b` is `--test a --test b`. */
  spread?: readonly string[];
  /** As shown in its help: what each argument and option means, one a line. */
  help: string;
  /** Resolves to the exit code: 0 when all is well, 1 when what was looked for is wrong. @throws AppError, UsageError */
  run(input: CommandInput): Promise<number>;
};

/** The command was not called as it must be; exit code 2. */
export class UsageError extends Error {}

/** The arguments of a command. @throws UsageError */
export function parseCommand(command: Command, argv: string[]): Pick<CommandInput, "args" | "options"> {
  const names = command.args ?? [];
  const { values, positionals } = parse(command, argv);
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  const excess = positionals[names.length];
  if (excess !== undefined) throw new UsageError(`"${excess}" is one argument too many.`);
  return {
    args: Object.fromEntries(names.map((name, index) => [name, positionals[index] ?? ""])),
    options: values,
  };
}

function parse(command: Command, argv: string[]) {
  try {
    const args = spreadOptions(argv, command.spread ?? []);
    return parseArgs({ args, options: command.options ?? {}, allowPositionals: true, strict: true });
  } catch (error) {
    // parseArgs explains at length how to escape dashes; its first sentence is what is wrong.
    if (error instanceof TypeError)
      throw new UsageError(`${error.message.split(/\. |\n/, 1)[0]?.replace(/\.$/, "")}.`);
    throw error;
  }
}

function spreadOptions(argv: readonly string[], names: readonly string[]): string[] {
  let option: string | undefined;
  return argv.flatMap((word, index) => {
    if (word.startsWith("-") && word !== "-") {
      option = names.find((name) => word === `--${name}`);
      return [word];
    }
    const isFirst = argv[index - 1]?.startsWith("-") === true;
    return option === undefined || isFirst ? [word] : [`--${option}`, word];
  });
}

/** A text option, trimmed; undefined when it was not given or is empty. */
export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** @throws UsageError when it was not given. */
export function requiredOption(input: CommandInput, name: string): string {
  const value = textOption(input, name);
  if (value === undefined) throw new UsageError(`--${name} is missing.`);
  return value;
}

/** An option that may be given several times, each time with one or more words separated by commas. */
export function listOption(input: CommandInput, name: string): string[] {
  const values = [input.options[name] ?? []].flat();
  return values
    .flatMap((value) => (typeof value === "string" ? value.split(",") : []))
    .map((word) => word.trim())
    .filter(Boolean);
}

/** A whole number between bounds. @throws UsageError */
export function numberOption(
  input: CommandInput,
  name: string,
  bounds: { min: number; max: number },
): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw new UsageError(`--${name} must be a number from ${bounds.min} to ${bounds.max}.`);
}

/** One of some words. @throws UsageError */
export function wordOption<const Word extends string>(
  input: CommandInput,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const word = words.find((each) => each === text);
  if (word === undefined) throw new UsageError(`--${name} must be one of ${words.join(", ")}.`);
  return word;
}
