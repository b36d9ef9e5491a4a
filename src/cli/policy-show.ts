import { getPolicy } from "../sites/policies.ts";
import { getSite } from "../sites/site.ts";
import { type Command, numberOption } from "./command.ts";

const VERSION_MAX = 999_999_999;

export const policyShow: Command = {
  name: "policy show",
  summary: "print a site's policy",
  args: ["SITE"],
  options: { version: { type: "string" } },
  help: [
    "SITE         key of the site",
    "--version N  an earlier version; the one in force unless given",
  ].join("\n"),
  async run(input) {
    const version = numberOption(input, "version", { min: 1, max: VERSION_MAX });
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const policy = await getPolicy(ctx, site, version ?? site.policyVersion);
    process.stdout.write(policy.source);
    const inForce = policy.version === site.policyVersion ? ", in force" : "";
    process.stderr.write(
      `Version ${policy.version}${inForce}, by ${policy.createdBy}, ${policy.createdAt.toISOString()}.\n`,
    );
    return 0;
  },
};
