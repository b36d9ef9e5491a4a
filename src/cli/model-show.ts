import { getModel, listModelVersions, type ModelVersion } from "../moderation/learning/get-model.ts";
import { getSite } from "../sites/site.ts";
import type { Command } from "./command.ts";
import { formatTable, formatTime } from "./table.ts";

const VERSIONS_SHOWN = 60;

export const modelShow: Command = {
  name: "model show",
  summary: "show what a site's moderators have taught the model, and the versions that are kept",
  args: ["SITE"],
  help: "SITE  key of the site",
  async run(input) {
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    const model = await getModel(ctx, site);
    const { versions } = await listModelVersions(ctx, site, { before: null, limit: VERSIONS_SHOWN });
    const counts = Object.entries(model.tasks).map(([task, { positive, negative }]) => [
      task,
      String(positive),
      String(negative),
    ]);
    const learned = model.learnedAt === null ? "" : `, last learned ${formatTime(model.learnedAt)}`;
    process.stdout.write(
      `Model ${model.model ?? "not loaded"} from ${model.examples} decisions${learned}; ${model.waiting} comments waiting.\n` +
        `\n${formatTable(["TASK", "IT IS", "IT IS NOT"], counts)}` +
        (versions.length === 0 ? "" : `\n${formatVersions(versions)}`),
    );
    return 0;
  },
};

function formatVersions(versions: ModelVersion[]): string {
  const rows = versions.map((each) => [
    String(each.version),
    formatTime(each.createdAt),
    each.restores === null ? each.cause : `${each.cause} to ${each.restores}`,
    each.createdBy ?? "",
    String(each.examples),
    String(each.bytes),
    each.base,
  ]);
  return formatTable(["VERSION", "MADE", "CAUSE", "BY", "DECISIONS", "BYTES", "BASE"], rows);
}
