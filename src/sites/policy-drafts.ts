import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { deleteDraft, type DraftRow, findDraft, insertDraft, updateDraft } from "./store.ts";
import type { Site } from "./site.ts";

/** The next policy of a site, while editors work on it; one per site, and it need not be sound yet. */
export type PolicyDraft = {
  source: string;
  note: string | null;
  /** The version in force that it was made from. */
  basedOn: number;
  /** To be sent back when it is saved again or promoted. */
  revision: number;
  updatedBy: string;
  updatedAt: Date;
};

/** @throws AppError `not_found` (`no_draft`) */
export async function getDraft(ctx: Context, site: Site): Promise<PolicyDraft> {
  const row = await findDraft(ctx.db, site.id);
  if (!row) throw new AppError("not_found", "There is no draft.", { reason: "no_draft" });
  return toDraft(row);
}

export type SaveDraftInput = {
  source: string;
  note: string | null;
  /** Of the draft that the editor saw; null: of none. */
  revision: number | null;
  /** The version that the editor has taken into account; null: as it was, for a new draft the one in force. */
  basedOn: number | null;
  updatedBy: string;
};

/** Saves the draft if nobody else has meanwhile. @throws AppError `conflict` (`draft_changed`, with theirs in `details.draft`) */
export async function saveDraft(ctx: Context, site: Site, input: SaveDraftInput): Promise<PolicyDraft> {
  const change = { ...input, siteId: site.id, at: ctx.clock.now() };
  const saved =
    input.revision === null
      ? await insertDraft(ctx.db, { ...change, basedOn: input.basedOn ?? site.policyVersion })
      : await updateDraft(ctx.db, { ...change, revision: input.revision });
  if (!saved) throw draftChanged(await findDraft(ctx.db, site.id));
  return toDraft(saved);
}

/** Throws the draft away. @param revision of the draft that was seen; null: whichever. @throws AppError as {@link saveDraft} */
export async function discardDraft(ctx: Context, site: Site, revision: number | null): Promise<void> {
  if (await deleteDraft(ctx.db, site.id, revision)) return;
  const row = await findDraft(ctx.db, site.id);
  if (row) throw draftChanged(row);
}

function draftChanged(row: DraftRow | undefined): AppError {
  const message = row
    ? `The draft was changed by ${row.updated_by} in the meantime.`
    : "The draft is not there any more.";
  return new AppError("conflict", message, {
    reason: "draft_changed",
    details: { draft: row ? toDraft(row) : null },
  });
}

function toDraft(row: DraftRow): PolicyDraft {
  return {
    source: row.source,
    note: row.note,
    basedOn: row.based_on,
    revision: row.revision,
    updatedBy: row.updated_by,
    updatedAt: row.updated_at,
  };
}
