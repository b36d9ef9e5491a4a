import process from "node:process";
import { UsageError } from "./cli/command.ts";
import { runCommand } from "./cli/run-command.ts";
import { AppError } from "./errors.ts";

/** One line: what is wrong, and of an input with several faults all of them. */
function describeFailure(error: unknown): string {
  if (error instanceof UsageError) return `${error.message} Try --help.`;
  if (!(error instanceof AppError))
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const faults =
    error.reason === "configuration" ? [] : error.fields.map(({ path, message }) => `${path}: ${message}`);
  return faults.length === 0 ? error.message : `${error.message} (${faults.join("; ")})`;
}

// The command line, `npm run parley -- <subject> <verb> …`, for operators.
try {
  process.exitCode = await runCommand(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
