import type { Database } from "../db/database.ts";
import { SWEEP_AFTER_SECONDS } from "../queue/outbox.ts";
import { makeDueAgainRows, takeDueRows } from "./store/lease.ts";

/** The share of one endpoint in what a sweep hands over. */
const PER_ENDPOINT_MAX = 100;
/** A delivery that is due and was handed over is handed over again after this at the latest. */
const WAIT_SECONDS_MAX = 600;

/**
 * Deliveries that are due and that nobody is sending, at most `limit`, of endpoints that take them now. They are put off, so
 * that no second sweeper takes them too; when their next attempt is owed does not change.
 */
export async function takeDueDeliveries(db: Database, now: Date, limit: number): Promise<string[]> {
  return takeDueRows(db, now, {
    total: limit,
    perEndpoint: PER_ENDPOINT_MAX,
    waitSecondsMin: SWEEP_AFTER_SECONDS,
    waitSecondsMax: WAIT_SECONDS_MAX,
  });
}

/** For what the queue refused: a sweeper takes it from `at` on, unless it is being sent, is done or is owed later. */
export async function makeDueAgain(db: Database, ids: string[], at: Date): Promise<void> {
  await makeDueAgainRows(db, ids, at);
}
