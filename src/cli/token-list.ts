import { listTokens } from "../accounts/list-tokens.ts";
import type { Command } from "./command.ts";
import { formatTable, formatTime } from "./table.ts";

export const tokenList: Command = {
  name: "token list",
  summary: "list all API tokens",
  help: "Shows the first characters of each token, never the token.",
  async run(input) {
    await using ctx = await input.open();
    const tokens = await listTokens(ctx);
    const rows = tokens.map((token) => [
      token.displayPrefix,
      token.state,
      token.siteKey ?? "(all)",
      token.name,
      formatTime(token.createdAt),
      formatTime(token.expiresAt),
      formatTime(token.lastUsedAt),
      token.scopes.join(" "),
    ]);
    process.stdout.write(
      formatTable(["PREFIX", "STATE", "SITE", "NAME", "CREATED", "EXPIRES", "LAST USED", "SCOPES"], rows),
    );
    return 0;
  },
};
