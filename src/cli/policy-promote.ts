import { AppError } from "../errors.ts";
import { promoteDraft } from "../moderation/promote-draft.ts";
import { getDraft } from "../sites/policy-drafts.ts";
import { getSite } from "../sites/site.ts";
import { type Command, textOption } from "./command.ts";
import { describePolicyProblems } from "./read-policy-file.ts";

export const policyPromote: Command = {
  name: "policy promote",
  summary: "put the draft of a site's policy in force",
  args: ["SITE"],
  options: { note: { type: "string" } },
  help: [
    "SITE         key of the site",
    "--note TEXT  why, for the list of versions; the draft's own unless given",
    "",
    "Exit code 1, and no change, when anything is wrong with it.",
  ].join("\n"),
  async run(input) {
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const { revision } = await getDraft(ctx, site);
    const note = textOption(input, "note") ?? null;
    try {
      const { version } = await promoteDraft(ctx, site, { revision, note, createdBy: "command line" });
      process.stdout.write(`Version ${version} is now in force for ${site.key}.\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== "invalid_policy") throw error;
      process.stderr.write(describePolicyProblems("draft", error));
      return 1;
    }
  },
};
