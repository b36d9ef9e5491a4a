import { z } from "@hono/zod-openapi";
import { VERSION_CAUSES } from "../../moderation/learning/version-causes.ts";
import type { MODEL_TASKS } from "../../moderation/model/tasks.ts";

/** PostgreSQL's largest integer. */
const VERSION_MAX = 2_147_483_647;

export const rollbackBody = z
  .strictObject({
    version: z
      .int()
      .min(0)
      .max(VERSION_MAX)
      .openapi({ description: "One of the versions that are kept; 0 is the base model alone." }),
  })
  .openapi("ModelRollback");

const versionSchema = z
  .object({
    version: z.int(),
    base: z.string().openapi({ description: "Version of the base model that it stands on." }),
    cause: z.enum(VERSION_CAUSES),
    createdBy: z.string().nullable().openapi({ description: "Who rolled back or rebuilt." }),
    restores: z.int().nullable().openapi({ description: "The version that a rollback went back to." }),
    examples: z.int().openapi({ description: "Decisions that it stands on." }),
    upTo: z.uuid().nullable().openapi({ description: "The last decision that it knows." }),
    bytes: z.int(),
    createdAt: z.iso.datetime(),
  })
  .openapi("ModelVersion");

const count = z.object({ positive: z.int(), negative: z.int() }).openapi({
  description: "Decisions that say that the task's name fits the comment, and that it does not.",
});

const tasks = {
  spam: count,
  toxic: count,
  insult: count,
  threat: count,
  identityAttack: count,
  obscene: count,
} satisfies Record<(typeof MODEL_TASKS)[number], z.ZodType>;

export const modelSchema = z
  .object({
    version: z.int().openapi({ description: "0: nothing was learned yet." }),
    model: z.string().nullable().openapi({
      description:
        "The model as decisions name it: the base model's version, and after a plus the site's own. null when it could not be loaded.",
    }),
    examples: z.int().openapi({ description: "Decisions that it stands on." }),
    tasks: z.object(tasks),
    learnedAt: z.iso.datetime().nullable(),
    waiting: z.int().openapi({
      description: "Comments, of all sites, whose latest decisions are still to be learned from.",
    }),
    excluded: z.array(z.object({ after: z.uuid().nullable(), until: z.uuid() })).openapi({
      description: "Stretches of the decision log, by decision ids, that a rollback took out.",
    }),
    versions: z.array(versionSchema),
    next: z.string().nullable(),
  })
  .openapi("Model");

export const changedModelSchema = z
  .object({ version: z.int().openapi({ description: "In use within two seconds." }) })
  .openapi("ModelChanged");
