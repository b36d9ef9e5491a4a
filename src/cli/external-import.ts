import { readFile } from "node:fs/promises";
import { AppError } from "../errors.ts";
import { importList } from "../moderation/external/import-list.ts";
import { LIST_KINDS } from "../moderation/external/list-store.ts";
import { type Command, requiredOption, UsageError, wordOption } from "./command.ts";

export const externalImport: Command = {
  name: "external import-list",
  summary: "import a downloaded list of spammers",
  args: ["FILE"],
  options: { kind: { type: "string" }, name: { type: "string" } },
  help: [
    "FILE         one entry a line, or a CSV whose first column holds them",
    `--kind KIND  what the entries are: ${LIST_KINDS.join(", ")}`,
    "--name NAME  of the list; one of that name is replaced",
  ].join("\n"),
  async run(input) {
    const kind = wordOption(input, "kind", LIST_KINDS);
    if (kind === undefined) throw new UsageError("--kind is missing.");
    const list = requiredOption(input, "name").slice(0, 100);
    const file = input.args["FILE"] ?? "";
    const text = await readFile(file, "utf8").catch((cause: unknown) => {
      throw new AppError("invalid_input", `${file} cannot be read.`, { cause });
    });
    await using ctx = await input.open();
    const { entries, ignored } = await importList(ctx, { list, kind, text });
    process.stdout.write(
      `${list}: ${entries} entries; ${ignored} lines were none. Sites with \`lists\` use it at once.\n`,
    );
    return 0;
  },
};
