-- Webhooks that can wait: endpoints that are paused or disabled, and a sweep that costs nothing for those.

alter table endpoints
  -- the receiver asked for a rest (Retry-After): no delivery goes there before
  add column paused_until timestamptz,
  add column disabled_at timestamptz;

-- due_at is the schedule, and what people are shown; sweep_at is when the sweeper may hand a delivery to the queue (again).
alter table deliveries add column sweep_at timestamptz;
update deliveries set sweep_at = due_at;
alter table deliveries alter column sweep_at set not null;
drop index deliveries_due;
-- Room on each page for the lease, which no index knows of.
alter table deliveries set (fillfactor = 85);
-- By endpoint: the backlog of one that is disabled, paused or slow is never walked through to reach another's.
create index deliveries_sweep on deliveries (endpoint_id, sweep_at) where status = 'pending';
create index deliveries_site on deliveries (site_id, id);
create index deliveries_unfinished on deliveries (site_id, status, id) where status <> 'delivered';

alter table delivery_attempts add column error_detail text;

-- A test event is about no comment.
alter table events alter column comment_id drop not null;
