import { AppError } from "../errors.ts";
import { checkPolicy } from "../moderation/check-policy.ts";
import type { Command } from "./command.ts";
import { describePolicyProblems, readPolicyFile } from "./read-policy-file.ts";

export const policyCheck: Command = {
  name: "policy check",
  summary: "check a policy without saving it",
  args: ["FILE"],
  help: "FILE  the document (YAML); - for standard input\n\nNeeds no database. Exit code 1 when anything is wrong with it.",
  async run(input) {
    const file = input.args["FILE"] ?? "";
    const source = await readPolicyFile(file);
    try {
      const { name, rules, tests, otherwise } = await checkPolicy(source);
      const count = rules.length === 1 ? "1 rule" : `${rules.length} rules`;
      const passed = tests === 0 ? "" : ` ${tests === 1 ? "Its test passes" : `Its ${tests} tests pass`}.`;
      process.stdout.write(`${name}: ${count}, otherwise ${otherwise}. Nothing is wrong with it.${passed}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== "invalid_policy") throw error;
      process.stderr.write(describePolicyProblems(file, error));
      return 1;
    }
  },
};
