import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { getDraft } from "../sites/policy-drafts.ts";
import type { Site } from "../sites/site.ts";
import { type ReplacedPolicy, replacePolicy } from "./replace-policy.ts";

export type PromoteDraftInput = {
  /** Of the draft that was seen. */
  revision: number;
  /** Null: the draft's own. */
  note: string | null;
  createdBy: string;
};

/**
 * Puts the draft in force and ends it.
 * @throws AppError `not_found` (`no_draft`), `conflict` (`draft_changed`; `policy_changed`, when another version came into force
 * since the draft was begun: save it with the new `basedOn` once that has been taken in), `invalid_input` (`invalid_policy`)
 */
export async function promoteDraft(
  ctx: Context,
  site: Site,
  { revision, note, createdBy }: PromoteDraftInput,
): Promise<ReplacedPolicy> {
  const draft = await getDraft(ctx, site);
  if (draft.revision !== revision) {
    throw new AppError("conflict", `The draft was changed by ${draft.updatedBy} in the meantime.`, {
      reason: "draft_changed",
      details: { draft },
    });
  }
  const { source, basedOn } = draft;
  return replacePolicy(ctx, {
    site,
    source,
    note: note ?? draft.note,
    createdBy,
    basedOn,
    draftRevision: revision,
  });
}
