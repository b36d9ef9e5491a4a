import { AppError } from "../errors.ts";
import { checkPolicy } from "../moderation/check-policy.ts";
import { replacePolicy } from "../moderation/replace-policy.ts";
import { getSite } from "../sites/site.ts";
import { type Command, textOption } from "./command.ts";
import { describePolicyProblems, readPolicyFile } from "./read-policy-file.ts";

export const policySet: Command = {
  name: "policy set",
  summary: "put a policy in force",
  args: ["SITE", "FILE"],
  options: { note: { type: "string" } },
  help: [
    "SITE         key of the site",
    "FILE         the document (YAML); - for standard input",
    "--note TEXT  why, for the list of versions",
    "",
    "In force within a second, also in a running Parley. Exit code 1, and no change, when anything is wrong with it.",
  ].join("\n"),
  async run(input) {
    const file = input.args["FILE"] ?? "";
    const source = await readPolicyFile(file);
    try {
      await checkPolicy(source);
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== "invalid_policy") throw error;
      process.stderr.write(describePolicyProblems(file, error));
      return 1;
    }
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const note = textOption(input, "note") ?? null;
    const { version, changed } = await replacePolicy(ctx, { site, source, note, createdBy: "command line" });
    process.stdout.write(
      `Version ${version} ${changed ? "is now" : "was already"} in force for ${site.key}.\n`,
    );
    return 0;
  },
};
