import { AppError } from "../errors.ts";
import { checkPolicy } from "../moderation/check-policy.ts";
import { getDraft, type PolicyDraft, saveDraft } from "../sites/policy-drafts.ts";
import { getSite } from "../sites/site.ts";
import { type Command, textOption } from "./command.ts";
import { describePolicyProblems, readPolicyFile } from "./read-policy-file.ts";

export const policyDraft: Command = {
  name: "policy draft",
  summary: "save the draft of a site's next policy",
  args: ["SITE", "FILE"],
  options: { note: { type: "string" } },
  help: [
    "SITE         key of the site",
    "FILE         the document (YAML); - for standard input",
    "--note TEXT  why, for the list of versions",
    "",
    "Takes the place of the draft that is there, and decides nothing until it is promoted. Exit code 1 when anything is wrong with it.",
  ].join("\n"),
  async run(input) {
    const file = input.args["FILE"] ?? "";
    const source = await readPolicyFile(file);
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const known = await getDraft(ctx, site).catch(noDraft);
    const note = textOption(input, "note") ?? null;
    const saved = await saveDraft(ctx, site, {
      source,
      note,
      revision: known?.revision ?? null,
      basedOn: site.policyVersion,
      updatedBy: "command line",
    });
    process.stdout.write(`Draft ${saved.revision} of ${site.key}, based on version ${saved.basedOn}.\n`);
    try {
      await checkPolicy(source);
      return 0;
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== "invalid_policy") throw error;
      process.stderr.write(describePolicyProblems(file, error));
      return 1;
    }
  },
};

function noDraft(error: unknown): PolicyDraft | undefined {
  if (error instanceof AppError && error.reason === "no_draft") return undefined;
  throw error;
}
