-- What a site's rules did, day by day (UTC). An automatic decision never changes, so a day that is over is counted once, when
-- somebody first asks. What moderators made of it changes, and is not in here. Rows may be deleted: they are counted anew.

create table rule_days (
  site_id integer not null references sites on delete cascade,
  day date not null,
  -- automatic decisions, and those among them that held
  decisions integer not null,
  held integer not null,
  primary key (site_id, day)
);

create table rule_hits (
  site_id integer not null,
  day date not null,
  -- 0: none was recorded
  policy_version integer not null,
  -- a rule's id, or otherwise
  rule text not null,
  mode text not null check (mode in ('live', 'shadow')),
  -- what was done, or would have been
  action text not null,
  matched integer not null,
  decided integer not null,
  primary key (site_id, day, policy_version, rule, mode, action),
  foreign key (site_id, day) references rule_days on delete cascade
);
