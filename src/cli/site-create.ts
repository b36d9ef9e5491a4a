import { DEFAULT_PRESET, PRESET_NAMES, readPreset } from "../moderation/policy/presets.ts";
import { createSite } from "../sites/create-site.ts";
import { languageSchema, siteKeySchema } from "../sites/schema.ts";
import { type Command, listOption, requiredOption, textOption, UsageError, wordOption } from "./command.ts";

export const siteCreate: Command = {
  name: "site create",
  summary: "make a site",
  args: ["KEY"],
  options: {
    name: { type: "string" },
    origin: { type: "string", multiple: true },
    language: { type: "string" },
    preset: { type: "string" },
  },
  help: [
    "KEY                as it stands in URLs: lower-case letters, digits and hyphens",
    "--name NAME        as readers know it",
    "--origin ORIGIN    https://example.org, or https://*.example.org for all its subdomains; may be repeated",
    "--language TAG     of its articles, e.g. en",
    `--preset NAME      the policy to start from: ${PRESET_NAMES.join(", ")} (${DEFAULT_PRESET} unless given)`,
  ].join("\n"),
  async run(input) {
    const key = parsed(siteKeySchema, input.args["KEY"], "KEY must be");
    const language = textOption(input, "language");
    const origins = listOption(input, "origin");
    if (origins.length === 0)
      throw new UsageError("--origin is missing: without one no article can carry comments.");
    const site = {
      key,
      name: requiredOption(input, "name"),
      language: language === undefined ? null : parsed(languageSchema, language, "--language must be"),
      origins,
      policySource: await readPreset(wordOption(input, "preset", PRESET_NAMES) ?? DEFAULT_PRESET),
      createdBy: "command line",
    };
    await using ctx = await input.open();
    await createSite(ctx, site);
    process.stdout.write(
      `Made ${key}. Its comments go to ${ctx.config.http.publicUrl}/v1/sites/${key}/comments\n`,
    );
    return 0;
  },
};

type Schema = typeof siteKeySchema;

function parsed(schema: Schema, text: string | undefined, what: string): string {
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  throw new UsageError(`${what} ${result.error.issues[0]?.message}.`);
}
