import type { Context } from "../context.ts";
import type { Tx } from "../db/database.ts";
import { newId } from "../ids.ts";
import { SWEEP_AFTER_SECONDS } from "../queue/outbox.ts";
import { type EventFacts, eventPayload } from "./events.ts";
import { insertEvents } from "./store/events.ts";

export type SiteEvent = { siteId: number; facts: EventFacts };

/**
 * Records events, and what is owed for them, in the transaction that made them true; the deliveries go to the queue
 * once it is committed. An event that is rolled back was never told to anyone.
 */
export async function emitEvents(ctx: Context, tx: Tx, events: SiteEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ siteId, facts }) => ({
    id: newId(facts.at.getTime()),
    siteId,
    type: facts.type,
    commentId: facts.comment.id,
    payload: eventPayload(facts),
    createdAt: facts.at,
  }));
  const deliveries = await insertEvents(tx, rows, SWEEP_AFTER_SECONDS);
  if (deliveries.length > 0) tx.onCommit(() => ctx.dispatch("webhook.deliver", deliveries));
}
