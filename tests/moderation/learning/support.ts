import type { Site } from "../../../src/sites/site.ts";
import type { TestContext } from "../../support/context.ts";

/** Whole sentences about nothing that the base model knows. */
const WORDS =
  "amber basil cedar dune ember fjord glade heron islet juniper knoll larch marsh nettle otter plover quartz reed sedge tern umber vetch willow yarrow".split(
    " ",
  );

/** Thirteen words that a number determines; no two numbers give nearly the same text. */
export function meadowText(n: number): string {
  let state = (n + 1) * 2_654_435_761;
  return Array.from({ length: 13 }, () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) >>> 0;
    return WORDS[state % WORDS.length];
  }).join(" ");
}

/** The newest version's number and bytes. */
export async function newestModel(ctx: TestContext, site: Site): Promise<{ version: number; layer: string }> {
  const row = await ctx.db.kysely
    .selectFrom("model_versions")
    .select(["version", "layer"])
    .where("site_id", "=", site.id)
    .orderBy("version", "desc")
    .executeTakeFirst();
  return { version: row?.version ?? 0, layer: row?.layer.toString("base64") ?? "" };
}
