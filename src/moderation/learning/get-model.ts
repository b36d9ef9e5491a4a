import type { Context } from "../../context.ts";
import { outboxDepth } from "../../queue/outbox.ts";
import type { Site } from "../../sites/site.ts";
import { type ModelTask } from "../model/tasks.ts";
import { versionOf } from "../model-view.ts";
import { lessonsOf } from "./lessons.ts";
import { loadModels } from "./load-models.ts";
import type { Stretch } from "./store/log.ts";
import { countExamples } from "./store/examples.ts";
import { findState } from "./store/state.ts";
import { listVersions, type VersionRow } from "./store/versions.ts";
import type { VersionCause } from "./version-causes.ts";

export type ModelVersion = {
  version: number;
  /** Of the base model it stands on. */
  base: string;
  cause: VersionCause;
  createdBy: string | null;
  restores: number | null;
  examples: number;
  /** The last decision it knows. */
  upTo: string | null;
  bytes: number;
  createdAt: Date;
};

/** What a site's model has learned so far. */
export type ModelSummary = {
  /** 0: nothing yet, the base alone. */
  version: number;
  /** As decisions name it; null when the model could not be loaded on this machine. */
  model: string | null;
  examples: number;
  /** Examples by task: how many say that its name fits, and how many that it does not. */
  tasks: Record<ModelTask, { positive: number; negative: number }>;
  learnedAt: Date | null;
  /** Comments whose latest decisions are still to be learned from, over all sites. */
  waiting: number;
  /** Stretches of the decision log that a rollback took out. */
  excluded: Stretch[];
};

export async function getModel(ctx: Context, site: Site): Promise<ModelSummary> {
  const [state, counts, models, { owed }] = await Promise.all([
    findState(ctx.db, site.id),
    countExamples(ctx.db, site.id),
    loadModels(ctx, [site.id]),
    outboxDepth(ctx.db, "model.learn", ctx.clock.now()),
  ]);
  const tasks = noCounts();
  for (const { action, reason, count } of counts) {
    for (const { task, y } of lessonsOf({ action, reason })) {
      tasks[task][y === 1 ? "positive" : "negative"] += count;
    }
  }
  const model = models.get(site.id);
  return {
    version: state?.version ?? 0,
    model: model ? versionOf(model) : null,
    examples: counts.reduce((sum, { count }) => sum + count, 0),
    tasks,
    learnedAt: state?.learnedAt ?? null,
    waiting: owed,
    excluded: state?.exclusions ?? [],
  };
}

function noCounts(): ModelSummary["tasks"] {
  return {
    spam: noCount(),
    toxic: noCount(),
    insult: noCount(),
    threat: noCount(),
    identityAttack: noCount(),
    obscene: noCount(),
  };
}

function noCount(): { positive: number; negative: number } {
  return { positive: 0, negative: 0 };
}

/** PostgreSQL's largest integer: a version that no model reaches. */
const VERSION_MAX = 2_147_483_647;

/** The versions of a site's model that are kept, the latest first; `before` is the last one of the page before. */
export async function listModelVersions(
  ctx: Context,
  site: Site,
  { before, limit }: { before: number | null; limit: number },
): Promise<{ versions: ModelVersion[]; next: number | null }> {
  const rows = await listVersions(ctx.db, site.id, { before: before ?? VERSION_MAX, limit: limit + 1 });
  const versions = rows.slice(0, limit).map(toVersion);
  return { versions, next: rows.length > limit ? (versions.at(-1)?.version ?? null) : null };
}

function toVersion(row: VersionRow): ModelVersion {
  return {
    version: row.version,
    base: row.basis.replace(/\/\d+$/, ""),
    cause: row.cause,
    createdBy: row.created_by,
    restores: row.restores,
    examples: row.examples,
    upTo: row.up_to,
    bytes: row.bytes,
    createdAt: row.created_at,
  };
}
