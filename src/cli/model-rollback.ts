import { rollbackModel } from "../moderation/learning/rollback-model.ts";
import { getSite } from "../sites/site.ts";
import { type Command, UsageError } from "./command.ts";

export const modelRollback: Command = {
  name: "model rollback",
  summary: "take a site's model back to an earlier version",
  args: ["SITE", "VERSION"],
  help: [
    "SITE     key of the site",
    "VERSION  one that `model show` lists; 0 for the base model alone",
    "",
    "For learning it is as if what moderators decided since then had never been. What they decide from now on counts again;",
    "`model rebuild` takes all of it in again.",
  ].join("\n"),
  async run(input) {
    const text = input.args["VERSION"] ?? "";
    if (!/^\d{1,9}$/.test(text)) throw new UsageError("VERSION must be a whole number.");
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const version = await rollbackModel(ctx, { site, version: Number(text), by: "command line" });
    process.stdout.write(`Version ${version} of ${site.key}'s model is what version ${Number(text)} was.\n`);
    return 0;
  },
};
