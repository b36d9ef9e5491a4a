import { REPRODUCED_MAX, reproduceDecisions } from "../moderation/reproduce-decisions.ts";
import { getSite } from "../sites/site.ts";
import { type Command, numberOption } from "./command.ts";
import { formatTable } from "./table.ts";

const LAST_DEFAULT = 10_000;

export const decideReproduce: Command = {
  name: "decide reproduce",
  summary: "decide past automatic decisions once more from their stored evidence",
  args: ["SITE"],
  options: { last: { type: "string" } },
  help: [
    "SITE      key of the site",
    `--last N  how many, the latest first; ${LAST_DEFAULT} unless given`,
    "",
    "Each by the policy version of its time. Exit code 1 when one does not come out as it was recorded.",
  ].join("\n"),
  async run(input) {
    const last = numberOption(input, "last", { min: 1, max: REPRODUCED_MAX }) ?? LAST_DEFAULT;
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const { decisions, same, others } = await reproduceDecisions(ctx, site, last);
    const rows = others.map(({ decisionId, commentId, policyVersion, recorded, reproduction }) => [
      decisionId,
      commentId,
      String(policyVersion ?? ""),
      `${recorded.action} by ${recorded.rule}`,
      reproduction.outcome === "differs"
        ? `${reproduction.action} by ${reproduction.rule}`
        : reproduction.why.replaceAll("_", " "),
    ]);
    if (rows.length > 0)
      process.stdout.write(formatTable(["DECISION", "COMMENT", "POLICY", "WAS", "NOW"], rows));
    process.stdout.write(`${decisions} automatic decisions, ${same} come out as they were recorded.\n`);
    return same === decisions ? 0 : 1;
  },
};
