import { revokeToken } from "../accounts/revoke-token.ts";
import type { Command } from "./command.ts";

export const tokenRevoke: Command = {
  name: "token revoke",
  summary: "take back an API token",
  args: ["PREFIX"],
  help: "PREFIX  as `token list` shows it, or the whole token",
  async run(input) {
    await using ctx = await input.open();
    const { displayPrefix } = await revokeToken(ctx, input.args["PREFIX"] ?? "");
    process.stdout.write(`Revoked ${displayPrefix}.\n`);
    return 0;
  },
};
