import type { DeliveryRow } from "./store/deliveries.ts";

export const DELIVERY_STATUSES = ["pending", "delivered", "dead"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event owed to one endpoint. */
export type Delivery = {
  id: string;
  status: DeliveryStatus;
  event: { id: string; type: string; commentId: string | null };
  endpointId: string;
  /** Attempts made. */
  attempts: number;
  /** When the next attempt is owed; null when none is. */
  nextAttemptAt: Date | null;
  lastError: string | null;
  lastStatusCode: number | null;
  createdAt: Date;
  finishedAt: Date | null;
};

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    status: row.status,
    event: { id: row.event_id, type: row.type, commentId: row.comment_id },
    endpointId: row.endpoint_id,
    attempts: row.attempts,
    nextAttemptAt: row.status === "pending" ? row.due_at : null,
    lastError: row.last_error,
    lastStatusCode: row.last_status_code,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
