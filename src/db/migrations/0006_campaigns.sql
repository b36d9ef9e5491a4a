-- Campaigns: nearly the same text from several people, seen, sized and decided as one.

-- Bytes of a MinHash sketch, which tells how much of a text another shares; null: too short to be alike by degrees.
-- The bands of a text with a sketch are MinHashes, which also find what SimHash is too strict for; they were four sixteenths
-- of the SimHash before. Comments of before are found by what came of their bands, and so by nobody: it takes a new check.
alter table fingerprints add column sketch bytea;

create table campaigns (
  -- of the comment it began with, so that whoever discovers it names it the same
  id uuid primary key,
  site_id integer not null references sites on delete cascade,
  status text not null default 'open' check (status in ('open', 'decided', 'closed', 'merged')),
  -- raised by every act: what a late decision is compared with
  version integer not null default 1,
  comments integer not null default 0,
  authors integer not null default 0,
  threads integer not null default 0,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- log2 of the sum over its comments of 2^(time / 6 h): larger and more recent is higher, and it need never be aged
  heat double precision not null,
  -- the decision in force, and what comments that join until then are to become
  act_id uuid,
  follow_action text check (follow_action in ('publish', 'hold', 'reject', 'spam')),
  follow_until timestamptz,
  -- those that its comments linked to when it was decided
  hosts text[] not null default '{}',
  merged_into uuid
);
create index campaigns_heat on campaigns (heat desc, id desc);
create index campaigns_site_heat on campaigns (site_id, heat desc, id desc);
create index campaigns_last_seen on campaigns (last_seen_at);

create table campaign_members (
  comment_id uuid primary key,
  campaign_id uuid not null references campaigns on delete cascade,
  author_id bigint not null,
  thread_id bigint not null
);
create index campaign_members_campaign on campaign_members (campaign_id, comment_id);
create index campaign_members_author on campaign_members (campaign_id, author_id);
create index campaign_members_thread on campaign_members (campaign_id, thread_id);

-- What moderators did with a campaign, in order.
create table campaign_acts (
  -- UUIDv7
  id uuid primary key,
  site_id integer not null,
  campaign_id uuid not null references campaigns on delete cascade,
  kind text not null check (kind in ('decide', 'undo', 'close')),
  action text,
  reason text,
  note text,
  include_published boolean not null default false,
  until timestamptz,
  -- the act it takes back
  undoes uuid,
  actor text not null,
  actor_id uuid not null,
  -- the campaign's after it
  campaign_version integer not null,
  -- how far it is carried out: the last comment that was seen to; and how many changed
  position uuid,
  changed integer not null default 0,
  created_at timestamptz not null,
  finished_at timestamptz
);
create unique index campaign_acts_campaign on campaign_acts (campaign_id, campaign_version);

-- The decisions about comments that an act led to.
create table campaign_decisions (
  act_id uuid not null references campaign_acts on delete cascade,
  comment_id uuid not null,
  decision_id uuid not null,
  primary key (act_id, comment_id)
);
