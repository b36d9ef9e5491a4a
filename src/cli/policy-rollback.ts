import { rollBackPolicy } from "../moderation/roll-back-policy.ts";
import { getSite } from "../sites/site.ts";
import { type Command, textOption, UsageError } from "./command.ts";

export const policyRollback: Command = {
  name: "policy rollback",
  summary: "put an earlier version of a policy in force again",
  args: ["SITE", "VERSION"],
  options: { note: { type: "string" } },
  help: [
    "SITE         key of the site",
    "VERSION      see policy history",
    "--note TEXT  why, for the list of versions",
    "",
    "Its document becomes a new version, in force within a second.",
  ].join("\n"),
  async run(input) {
    const version = input.args["VERSION"] ?? "";
    if (!/^[1-9]\d{0,8}$/.test(version)) throw new UsageError(`"${version}" is no version.`);
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const note = textOption(input, "note") ?? null;
    const done = await rollBackPolicy(ctx, site, {
      version: Number(version),
      note,
      createdBy: "command line",
    });
    const is = done.changed ? "is now" : "was already";
    process.stdout.write(
      `Version ${done.version} ${is} in force for ${site.key}, as version ${version} was.\n`,
    );
    return 0;
  },
};
