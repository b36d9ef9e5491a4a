import { z } from "@hono/zod-openapi";
import { PRESET_NAMES } from "../../moderation/policy/presets.ts";
import { isStorable, NOT_STORABLE, storable } from "../../storable-text.ts";

const NOTE_CHARS_MAX = 300;
const VERSION_MAX = 2_147_483_647;

export const versionNumber = z.int().min(1).max(VERSION_MAX);

export const documentBody = z
  .strictObject({
    source: z
      .string()
      .refine(isStorable, NOT_STORABLE)
      .openapi({ description: "The document, YAML; 64 kB at most." }),
    note: z
      .string()
      .overwrite(storable)
      .trim()
      .max(NOTE_CHARS_MAX)
      .nullable()
      .default(null)
      .openapi({ description: "Why it was changed." }),
    basedOn: versionNumber
      .nullable()
      .default(null)
      .openapi({ description: "The version that was seen: 409 when another is in force by now." }),
  })
  .openapi("PolicyDocument");

const documentQuery = z.object({
  note: documentBody.shape.note,
  basedOn: z.coerce.number().pipe(versionNumber).nullable().default(null),
});

const yaml = z.string().openapi({ example: "version: 1\nname: House rules\nrules: []\notherwise: hold\n" });

/** A policy comes as JSON or as the YAML itself; what else there is to say of the latter is in the query. */
export const documentRequest = {
  query: documentQuery,
  body: {
    required: true,
    content: {
      "application/json": { schema: documentBody },
      "text/yaml": { schema: yaml },
      "application/yaml": { schema: yaml },
    },
  },
};

export function documentContent(schema: z.ZodType) {
  return {
    "application/json": { schema },
    "text/yaml": { schema: yaml },
    "application/yaml": { schema: yaml },
  };
}

const versionMembers = {
  version: z.int(),
  note: z.string().nullable(),
  createdBy: z.string().openapi({ description: "Name of the token." }),
  createdAt: z.iso.datetime(),
};

export const policySchema = z.object({ ...versionMembers, source: z.string() }).openapi("Policy");

export const versionListSchema = z
  .object({ inForce: z.int(), versions: z.array(z.object(versionMembers)), next: z.string().nullable() })
  .openapi("PolicyVersions");

export const replacedSchema = z
  .object({
    version: z.int(),
    changed: z.boolean().openapi({ description: "false: this very document was in force already." }),
  })
  .openapi("PolicyReplaced");

export const checkedSchema = z
  .object({
    name: z.string(),
    description: z.string().nullable(),
    rules: z.array(
      z.object({
        id: z.string(),
        mode: z.string(),
        action: z.string().openapi({ description: "`score` for a rule that only adds to the score." }),
        reason: z.string().nullable(),
        facts: z.array(z.string()).openapi({ description: "The facts it mentions." }),
      }),
    ),
    tests: z.int().openapi({ description: "Tests in the document, all of them passed." }),
    otherwise: z.string(),
  })
  .openapi("PolicyChecked");

export const factListSchema = z
  .object({
    facts: z.array(
      z.object({
        name: z.string().openapi({ example: "links.count" }),
        type: z.string().openapi({ example: "int" }),
        description: z.string(),
      }),
    ),
  })
  .openapi("Facts");

export const presetSchema = z
  .object({ name: z.enum(PRESET_NAMES), source: z.string() })
  .openapi("PolicyPreset");
