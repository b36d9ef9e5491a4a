import type { Context } from "../../context.ts";
import type { Site } from "../../sites/site.ts";
import type { CheckName } from "./external-check.ts";
import { checkNotFound } from "./get-checks.ts";
import { deleteCheckRow } from "./store.ts";

/** Forgets a check with its secret; its facts are missing from then on. @throws AppError `not_found` */
export async function removeCheck(ctx: Context, site: Site, name: CheckName): Promise<void> {
  if (!(await deleteCheckRow(ctx.db, site.id, name))) throw checkNotFound();
  ctx.external.forget(site.id);
}
