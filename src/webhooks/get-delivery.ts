import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Site } from "../sites/site.ts";
import { type Delivery, toDelivery } from "./delivery.ts";
import { type AttemptRow, findDeliveryRow, listAttemptRows } from "./store/deliveries.ts";

/** One try to deliver, as it went. */
export type Attempt = {
  number: number;
  outcome: string;
  statusCode: number | null;
  /** One of `ATTEMPT_ERRORS`. */
  error: string | null;
  errorDetail: string | null;
  /** As the receiver answered; it may repeat the event. */
  responseExcerpt: string;
  durationMs: number;
  startedAt: Date;
};

/** Attempts shown; only a delivery that was retried by hand again and again has more. */
const ATTEMPTS_SHOWN_MAX = 100;

/** A delivery with its attempts, latest first. @throws AppError `not_found` */
export async function getDelivery(
  ctx: Context,
  site: Site,
  id: string,
): Promise<Delivery & { attemptLog: Attempt[] }> {
  const row = await findDeliveryRow(ctx.db, site.id, id);
  if (!row) throw new AppError("not_found", "There is no such delivery.", { reason: "delivery_not_found" });
  const attempts = await listAttemptRows(ctx.db, id, ATTEMPTS_SHOWN_MAX);
  return { ...toDelivery(row), attemptLog: attempts.map(toAttempt) };
}

function toAttempt(row: AttemptRow): Attempt {
  return {
    number: row.number,
    outcome: row.outcome,
    statusCode: row.status_code,
    error: row.error,
    errorDetail: row.error_detail,
    responseExcerpt: row.response_excerpt ?? "",
    durationMs: row.duration_ms,
    startedAt: row.created_at,
  };
}
