import { diffPolicies, type PolicyName } from "../moderation/diff-policies.ts";
import { getSite } from "../sites/site.ts";
import { type Command, UsageError } from "./command.ts";

export const policyDiff: Command = {
  name: "policy diff",
  summary: "show what differs between two versions of a policy",
  args: ["SITE", "FROM", "TO"],
  help: [
    "SITE      key of the site",
    "FROM, TO  a version, in-force or draft",
    "",
    "Exit code 1 when they differ.",
  ].join("\n"),
  async run(input) {
    const [from, to] = [nameOf(input.args["FROM"]), nameOf(input.args["TO"])];
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const { text } = await diffPolicies(ctx, site, from, to);
    process.stdout.write(text);
    return text === "" ? 0 : 1;
  },
};

function nameOf(text = ""): PolicyName {
  if (text === "in-force" || text === "draft") return text;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is no version: a number, in-force or draft.`);
}
