-- Checks by others: what a site has turned on, what was asked of whom, and what the operator imported.

-- By adapter: {enabled, settings, secret}; the secret is sealed. Apart from settings, so that these may be shown.
alter table sites add column external jsonb not null default '{}';

-- The sender's address and browser, sealed, for a site that asks somebody who wants them; emptied with the decision,
-- or kept for reports about it, and gone with the row in any case.
alter table comment_sources add column sender_sealed bytea;

-- One row per site and adapter: the budget that all processes share, and the last thing that went wrong.
create table external_usage (
  site_id integer not null references sites on delete cascade,
  adapter text not null,
  minute_at timestamptz not null,
  minute_calls integer not null,
  day_at timestamptz not null,
  day_calls integer not null,
  last_error text,
  last_error_at timestamptz,
  -- until then some process does not ask
  open_until timestamptz,
  primary key (site_id, adapter)
) with (fillfactor = 50);

-- What a service was told about a comment after a moderator decided, the last time.
create table external_reports (
  comment_id uuid not null,
  adapter text not null,
  verdict text not null check (verdict in ('spam', 'ham')),
  reported_at timestamptz not null,
  primary key (comment_id, adapter)
);

-- Entries of lists that the operator downloaded, of all sites.
create table external_list_entries (
  list text not null,
  kind text not null check (kind in ('domain', 'email', 'email_md5', 'username', 'ip')),
  entry text not null,
  -- for kind ip: the same, as an address or a range
  network cidr,
  primary key (kind, entry, list)
);
create index external_list_entries_network on external_list_entries using gist (network inet_ops) where network is not null;
