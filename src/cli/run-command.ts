import { parseCommand, type Command, UsageError } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { helpFor, helpForAll } from "./help.ts";

/**
 * Runs `<subject> <verb> …` and resolves to the exit code.
 * @throws UsageError when that is no command or called wrongly; AppError when it fails
 */
export async function runCommand(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [subject = "help", verb = "", ...rest] = argv;
  const command = COMMANDS.find(({ name }) => name === `${subject} ${verb}`);
  if (subject === "help" || argv.includes("--help") || argv.includes("-h")) return showHelp(subject, command);
  if (!command) throw new UsageError(`There is no command "${[subject, verb].join(" ").trim()}".`);
  const open = async () => {
    // Loaded when it is needed: half of a command's start-up time is the engines'.
    const { openCli } = await import("./open-cli.ts");
    return openCli(env);
  };
  return command.run({ ...parseCommand(command, rest), open });
}

function showHelp(subject: string, command: Command | undefined): number {
  const ofSubject = COMMANDS.filter(({ name }) => name.startsWith(`${subject} `));
  process.stdout.write(command ? helpFor(command) : helpForAll(ofSubject.length > 0 ? ofSubject : COMMANDS));
  return 0;
}
