import { replayDecisions } from "../moderation/replay.ts";
import { getSite } from "../sites/site.ts";
import { type Command, textOption } from "./command.ts";
import { formatTable } from "./table.ts";

export const decideReplay: Command = {
  name: "decide replay",
  summary: "replay the decision log and compare it with the comments",
  options: { site: { type: "string" } },
  help: [
    "--site KEY  only this site's comments",
    "",
    "Follows the decisions of each comment from pending. Exit code 1 when a comment is not where its decisions lead.",
  ].join("\n"),
  async run(input) {
    const key = textOption(input, "site");
    await using ctx = await input.open();
    const site = key === undefined ? null : await getSite(ctx, key);
    const { comments, decisions, mismatchCount, mismatches } = await replayDecisions(ctx, { site });
    const rows = mismatches.map((each) => [
      each.siteKey,
      each.commentId,
      each.problem,
      `${each.actual.status} v${each.actual.version}`,
      `${each.replayed.status} v${each.replayed.version}`,
    ]);
    if (rows.length > 0)
      process.stdout.write(formatTable(["SITE", "COMMENT", "DIFFERS IN", "IS", "LOG SAYS"], rows));
    const verdict =
      mismatchCount === 0 ? "all are where the log leads" : `${mismatchCount} are not where the log leads`;
    process.stdout.write(`${comments} comments, ${decisions} decisions: ${verdict}.\n`);
    return mismatchCount === 0 ? 0 : 1;
  },
};
