-- Checks that a site lets others make: none unless somebody sets one up.

create table external_checks (
  site_id integer not null references sites on delete cascade,
  name text not null,
  -- as moderation/external/options.ts parses it
  options jsonb not null,
  -- the key to the other side, sealed
  secret_sealed bytea,
  updated_at timestamptz not null,
  primary key (site_id, name)
);

-- What was asked, counted for all processes together, and what went wrong last.
create table external_usage (
  site_id integer not null references sites on delete cascade,
  name text not null,
  minute_at timestamptz not null,
  minute_calls integer not null,
  day_at timestamptz not null,
  day_calls integer not null,
  last_error text,
  last_error_at timestamptz,
  -- some process asks nothing until then
  open_until timestamptz,
  primary key (site_id, name)
) with (fillfactor = 50);
