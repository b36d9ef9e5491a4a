import { createToken } from "../accounts/create-token.ts";
import { isScope, type Scope, SCOPE_DESCRIPTIONS, SCOPES_OF_KIND, TOKEN_KINDS } from "../accounts/scopes.ts";
import { getSite } from "../sites/site.ts";
import {
  type Command,
  type CommandInput,
  listOption,
  numberOption,
  requiredOption,
  textOption,
  UsageError,
  wordOption,
} from "./command.ts";

const NAME_CHARS_MAX = 100;
const DAYS_MAX = 3_650;
const DAY_MS = 86_400_000;

/** Prints the token, which is shown only here, alone on standard output; what is said about it goes to standard error. */
export const tokenCreate: Command = {
  name: "token create",
  summary: "make an API token",
  options: {
    kind: { type: "string" },
    name: { type: "string" },
    site: { type: "string" },
    scope: { type: "string", multiple: true },
    expires: { type: "string" },
  },
  help: [
    "--kind admin|mod|site  an operator's, a moderator's, or a publisher's server's",
    `--name NAME            whose it is; decisions are signed with it (at most ${NAME_CHARS_MAX} characters)`,
    "--site KEY             for this site only; needed with --kind site",
    "--scope SCOPE          only this scope, may be repeated; all that the kind may have unless given",
    `--expires DAYS         valid for so many days (1 to ${DAYS_MAX}); unless given, until it is revoked`,
    "",
    "Scopes:",
    ...Object.entries(SCOPE_DESCRIPTIONS).map(
      ([scope, description]) => `  ${scope.padEnd(20)}${kindsOf(scope)}  ${description}`,
    ),
  ].join("\n"),
  async run(input) {
    const kind = wordOption(input, "kind", TOKEN_KINDS);
    if (kind === undefined) throw new UsageError(`--kind is missing: one of ${TOKEN_KINDS.join(", ")}.`);
    const name = requiredOption(input, "name");
    if (name.length > NAME_CHARS_MAX)
      throw new UsageError(`--name may have ${NAME_CHARS_MAX} characters at most.`);
    const siteKey = textOption(input, "site");
    if (kind === "site" && siteKey === undefined)
      throw new UsageError("A site token is for one site: add --site KEY.");
    const scopes = readScopes(input);
    const days = numberOption(input, "expires", { min: 1, max: DAYS_MAX });
    await using ctx = await input.open();
    const site = siteKey === undefined ? null : await getSite(ctx, siteKey);
    const expiresAt = days === undefined ? null : new Date(ctx.clock.nowMs() + days * DAY_MS);
    const { token } = await createToken(ctx, { kind, name, site, expiresAt, ...(scopes && { scopes }) });
    process.stdout.write(`${token}\n`);
    const where = site ? `for ${site.key}` : "for all sites";
    const until = expiresAt ? `until ${expiresAt.toISOString().slice(0, 10)}` : "until it is revoked";
    process.stderr.write(`Valid ${where} ${until}. It is shown only now: keep it.\n`);
    return 0;
  },
};

function readScopes(input: CommandInput): Scope[] | undefined {
  const words = listOption(input, "scope");
  const unknown = words.find((word) => !isScope(word));
  if (unknown !== undefined) throw new UsageError(`There is no scope ${unknown}.`);
  const scopes = words.filter(isScope);
  return scopes.length === 0 ? undefined : scopes;
}

function kindsOf(scope: string): string {
  return TOKEN_KINDS.map((kind) =>
    SCOPES_OF_KIND[kind].some((each) => each === scope) ? kind : "-".repeat(kind.length),
  ).join(" ");
}
