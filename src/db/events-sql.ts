/** Events of the first days after an endpoint was disabled are kept for it; later ones are not. */
const DISABLED_KEEP_DAYS = 30;

/**
 * Common table expressions that write events and what is owed for them: one delivery per endpoint that asked for the type,
 * also for one that is disabled, which gets it when it is enabled again. `sendable` has the ids of those that can go out now.
 * Here, so that a statement can write its events with what made them true.
 * @param rows a query of id, site_id, type, comment_id, payload and created_at
 * @param sweepAfterSeconds a parameter or number
 */
export function eventsSql(rows: string, sweepAfterSeconds: string): string {
  return `event as (
     insert into events (id, site_id, type, comment_id, payload, created_at)
     ${rows}
     returning id, site_id, type, created_at
   ), owed_delivery as (
     insert into deliveries (event_id, endpoint_id, site_id, due_at, sweep_at, created_at)
     select e.id, p.id, e.site_id, e.created_at, e.created_at + make_interval(secs => ${sweepAfterSeconds}), e.created_at
     from event e
     join endpoints p on p.site_id = e.site_id and (cardinality(p.types) = 0 or e.type = any(p.types))
       and (p.enabled or p.disabled_at > e.created_at - interval '${DISABLED_KEEP_DAYS} days')
     order by e.id
     returning id, endpoint_id
   ), sendable as (
     select o.id as delivery_id from owed_delivery o join endpoints p on p.id = o.endpoint_id where p.enabled
   )`;
}
