-- What the learned model does, and what a site's moderators teach it.

-- The model a policy decision was made with: the base model's version, and after a plus the site's own.
alter table decisions add column model_version text;

-- One row per site that has learned anything: which examples count, beside what the decision log says.
create table site_models (
  site_id integer primary key references sites on delete cascade,
  -- of the newest version; they only go up
  version integer not null default 0,
  -- base model and rules of learning that the site is to have: what the latest started release brought
  basis text not null,
  -- decisions before this one are too old to count; null: none is
  since uuid,
  -- stretches of the log that a rollback took out, as [{after, until}] of decision ids
  exclusions jsonb not null default '[]',
  learned_at timestamptz
);

-- What each comment teaches: its last effective decision by a moderator. The text stays where it is.
create table model_examples (
  comment_id uuid primary key,
  site_id integer not null references sites on delete cascade,
  -- its order is the order of learning
  decision_id uuid not null,
  -- the text that was decided about
  comment_revision integer not null,
  action text not null,
  reason text,
  -- token id, or else the name, of who decided
  moderator text not null,
  author_id bigint not null,
  simhash bigint not null,
  -- what it came to move when it was taken in, 0 to 1
  influence double precision not null,
  -- bits of the tasks about which the model had agreed
  agreed smallint not null,
  decided_at timestamptz not null
);
create index model_examples_site on model_examples (site_id, decision_id);

create table model_versions (
  site_id integer not null references sites on delete cascade,
  version integer not null,
  basis text not null,
  cause text not null check (cause in ('learned', 'rebuilt', 'upgraded', 'rolled_back')),
  -- who rolled back or rebuilt; null: nobody had to
  created_by text,
  -- the version it went back to
  restores integer,
  examples integer not null,
  -- the last decision it knows; null: none
  up_to uuid,
  -- as they were for this version
  since uuid,
  exclusions jsonb not null,
  -- still what the examples up to up_to lead to, so that learning may go on from here
  is_prefix boolean not null default true,
  layer bytea not null,
  created_at timestamptz not null,
  primary key (site_id, version)
);
-- Numbers by the thousand do not shrink; do not try.
alter table model_versions alter column layer set storage external;
