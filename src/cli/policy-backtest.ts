import { AppError } from "../errors.ts";
import { BACKTEST_LIMITS, backtestPolicy } from "../moderation/backtest/backtest.ts";
import { resolveTrial } from "../moderation/backtest/trial.ts";
import { getSite } from "../sites/site.ts";
import { formatBacktest } from "./backtest-table.ts";
import { type Command, numberOption } from "./command.ts";
import { describePolicyProblems, readPolicyFile } from "./read-policy-file.ts";

/** Nobody else waits for the answer of a command. */
const DEADLINE_MS = 600_000;
const VERSION_MAX = 999_999_999;

export const policyBacktest: Command = {
  name: "policy backtest",
  summary: "try a policy on past decisions",
  args: ["SITE", "FILE"],
  options: { last: { type: "string" }, model: { type: "string" }, automation: { type: "boolean" } },
  help: [
    "SITE          key of the site",
    "FILE          the document to try (YAML); - for standard input",
    `--last N      how many of the latest automatic decisions; ${BACKTEST_LIMITS.decisionsDefault} unless given, at most ${BACKTEST_LIMITS.decisionsMax}`,
    "--model N     score every text anew with this version of the site's model; 0 is the base model alone",
    "--automation  let the model decide alone as far as the editors have chosen by now",
    "",
    "Decides them anew from the evidence that was kept, and tells what would change. Changes nothing.",
  ].join("\n"),
  async run(input) {
    const limit = numberOption(input, "last", { min: 1, max: BACKTEST_LIMITS.decisionsMax });
    const model = numberOption(input, "model", { min: 0, max: VERSION_MAX });
    const file = input.args["FILE"] ?? "";
    const source = await readPolicyFile(file);
    await using ctx = await input.open();
    const site = await getSite(ctx, input.args["SITE"] ?? "");
    try {
      const trial = await resolveTrial(ctx, site, {
        policy: { source },
        model: model === undefined ? null : { version: model },
        automation: input.options["automation"] === true,
      });
      const report = await backtestPolicy(ctx, site, trial, {
        limit: limit ?? BACKTEST_LIMITS.decisionsDefault,
        deadlineMs: DEADLINE_MS,
        showTexts: true,
      });
      process.stdout.write(formatBacktest(report));
      return 0;
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== "invalid_policy") throw error;
      process.stderr.write(describePolicyProblems(file, error));
      return 1;
    }
  },
};
