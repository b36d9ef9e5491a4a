import { rebuildModel } from "../moderation/learning/rebuild-model.ts";
import { getSite } from "../sites/site.ts";
import type { Command } from "./command.ts";

export const modelRebuild: Command = {
  name: "model rebuild",
  summary: "make a site's model anew from its decision log",
  args: ["SITE"],
  help: "SITE  key of the site\n\nWhat rollbacks took out counts again.",
  async run(input) {
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const version = await rebuildModel(ctx, { site, by: "command line" });
    process.stdout.write(`Version ${version} of ${site.key}'s model is made from its decisions.\n`);
    return 0;
  },
};
