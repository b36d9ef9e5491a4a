import { listPolicies } from "../sites/policies.ts";
import { getSite } from "../sites/site.ts";
import { type Command, numberOption } from "./command.ts";
import { formatTable } from "./table.ts";

const LAST_DEFAULT = 20;
const LAST_MAX = 1_000;

export const policyHistory: Command = {
  name: "policy history",
  summary: "list the versions of a site's policy",
  args: ["SITE"],
  options: { last: { type: "string" } },
  help: `SITE      key of the site\n--last N  how many, the latest first; ${LAST_DEFAULT} unless given`,
  async run(input) {
    const limit = numberOption(input, "last", { min: 1, max: LAST_MAX }) ?? LAST_DEFAULT;
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const { versions } = await listPolicies(ctx, site, { before: null, limit });
    const rows = versions.map(({ version, createdAt, createdBy, note }) => [
      String(version),
      version === site.policyVersion ? "in force" : "",
      createdAt.toISOString(),
      createdBy,
      note ?? "",
    ]);
    process.stdout.write(formatTable(["VERSION", "", "SINCE", "BY", "NOTE"], rows));
    return 0;
  },
};
