import type { Keys } from "../../accounts/keys.ts";
import type { Database } from "../../db/database.ts";
import type { Log } from "../../log.ts";
import { EXTERNAL_CHECKS } from "./adapters/index.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import type { ExternalCheck, PreparedCheck } from "./external-check.ts";
import { type CheckOptions, checkOptionsSchema } from "./options.ts";
import { openCheckSecret } from "./secret.ts";
import { type CheckRow, listCheckRows } from "./store.ts";

/** A check as a site has set it up, enabled or not. */
export type ActiveCheck = {
  siteId: number;
  check: ExternalCheck;
  options: CheckOptions;
  /** Null when what is stored cannot be used any more; it then fails, and nothing is passed silently. */
  prepared: PreparedCheck | null;
  hasSecret: boolean;
  /** Another with every change of the options. */
  edition: string;
  breaker: Breaker;
};

/** @param known what was loaded before: an unchanged check stays the same object, and keeps its breaker. */
export async function loadActiveChecks(
  { db, keys, log }: { db: Database; keys: Keys; log: Log },
  siteId: number,
  known: readonly ActiveCheck[] = [],
): Promise<readonly ActiveCheck[]> {
  const rows = await listCheckRows(db, siteId);
  return rows.flatMap((row) => {
    const check = EXTERNAL_CHECKS.find(({ name }) => name === row.name);
    if (!check) return [];
    const edition = row.updated_at.toISOString();
    const same = known.find((one) => one.check === check && one.edition === edition);
    return [same ?? activate({ keys, log }, { siteId, check, row, edition })];
  });
}

function activate(
  { keys, log }: { keys: Keys; log: Log },
  { siteId, check, row, edition }: { siteId: number; check: ExternalCheck; row: CheckRow; edition: string },
): ActiveCheck {
  const parsed = checkOptionsSchema.safeParse(row.options);
  const options = parsed.data ?? checkOptionsSchema.parse(check.defaults);
  const { failures, openSeconds } = options.breaker;
  const breaker = createBreaker({ failures, openMs: openSeconds * 1_000 });
  const active = { siteId, check, options, edition, breaker, hasSecret: row.secret_sealed !== null };
  try {
    if (!parsed.success) throw parsed.error;
    const secret = openCheckSecret(keys, { siteId, name: check.name, sealed: row.secret_sealed });
    return { ...active, prepared: check.prepare(options.settings, secret) };
  } catch (error) {
    log.error({ err: error, siteId, check: check.name }, "a check by others cannot be used as it is stored");
    return { ...active, prepared: null };
  }
}
