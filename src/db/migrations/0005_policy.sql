-- The next policy of a site, while an editor works on it.
create table policy_drafts (
  site_id integer primary key references sites on delete cascade,
  source text not null,
  note text,
  -- the version in force that it was made from
  based_on integer not null,
  -- raised by every change: what a late save is compared with
  revision integer not null default 1,
  updated_by text not null,
  updated_at timestamptz not null
);
