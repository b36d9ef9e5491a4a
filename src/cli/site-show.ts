import { getSiteDetails } from "../sites/site-details.ts";
import type { Command } from "./command.ts";

export const siteShow: Command = {
  name: "site show",
  summary: "show a site with its settings",
  args: ["KEY"],
  help: "Prints JSON; `overridden` names the settings that are the site's own rather than defaults.",
  async run(input) {
    await using ctx = await input.open();
    const { site, overridden } = await getSiteDetails(ctx, input.args["KEY"] ?? "");
    const { key, name, language, origins, policyVersion, settings } = site;
    const shown = { key, name, language, origins, policyVersion, settings, overridden };
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    return 0;
  },
};
