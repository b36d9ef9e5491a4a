import process from "node:process";
import { type Command, parseCommand, UsageError } from "./cli/command.ts";
import { COMMANDS } from "./cli/commands.ts";
import { helpFor, helpForAll } from "./cli/help.ts";
import { openCli } from "./cli/open-cli.ts";
import { AppError } from "./errors.ts";

/** The command line, `npm run parley -- <subject> <verb> …`, for operators. Resolves to the exit code. */
async function main(argv: string[]): Promise<number> {
  const [subject = "help", verb = "", ...rest] = argv;
  const command = COMMANDS.find(({ name }) => name === `${subject} ${verb}`);
  if (subject === "help" || argv.includes("--help") || argv.includes("-h")) return showHelp(subject, command);
  if (!command) throw new UsageError(`There is no command "${[subject, verb].join(" ").trim()}".`);
  return command.run({ ...parseCommand(command, rest), open: () => openCli(process.env) });
}

function showHelp(subject: string, command: Command | undefined): number {
  const ofSubject = COMMANDS.filter(({ name }) => name.startsWith(`${subject} `));
  process.stdout.write(command ? helpFor(command) : helpForAll(ofSubject.length > 0 ? ofSubject : COMMANDS));
  return 0;
}

/** One line: what is wrong, and of an input with several faults all of them. */
function describeFailure(error: unknown): string {
  if (error instanceof UsageError) return `${error.message} Try --help.`;
  if (!(error instanceof AppError))
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const faults =
    error.reason === "configuration" ? [] : error.fields.map(({ path, message }) => `${path}: ${message}`);
  return faults.length === 0 ? error.message : `${error.message} (${faults.join("; ")})`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
