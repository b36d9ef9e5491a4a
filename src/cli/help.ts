import type { Command } from "./command.ts";

const PROGRAM = "npm run parley --";

const EPILOGUE = `
Works on the instance that the environment describes (DATA_DIR, DATABASE_URL, …; see .env.example), whether it is
running or not. \`npm run -s parley -- …\` leaves out npm's own lines. \`--help\` after a command explains it.
Exit codes: 0 done, 1 failed or found wrong, 2 called wrongly.
`;

/** All commands, or those of one subject (`token`). */
export function helpForAll(commands: readonly Command[]): string {
  const lines = commands.map((command) => [usage(command), command.summary] as const);
  const width = Math.max(...lines.map(([left]) => left.length));
  return `Usage: ${PROGRAM} COMMAND\n\n${lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("")}${EPILOGUE}`;
}

export function helpFor(command: Command): string {
  const options = command.options === undefined ? "" : " [OPTIONS]";
  const help = command.help === "" ? "" : `\n${command.help}\n`;
  return `Usage: ${PROGRAM} ${usage(command)}${options}\n\nTo ${command.summary}.\n${help}`;
}

function usage(command: Command): string {
  return [command.name, ...(command.args ?? [])].join(" ");
}
