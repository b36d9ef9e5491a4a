-- The tables of the way of a comment: submit, queue, check, decide, publish, notify.
--
-- comments, decisions, events and deliveries carry no foreign keys: the statements that write them join the
-- rows they refer to, and referential triggers would lock the thread and author rows of a busy article once more per comment.

create table sites (
  id integer generated always as identity primary key,
  key text not null unique,
  name text not null,
  language text,
  origins text[] not null default '{}',
  -- limits, lists and options that differ from the defaults; parsed by sites/schema.ts
  settings jsonb not null default '{}',
  policy_version integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table policies (
  site_id integer not null references sites on delete cascade,
  version integer not null,
  source text not null,
  note text,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (site_id, version)
);

create table threads (
  id bigint generated always as identity primary key,
  site_id integer not null references sites on delete cascade,
  -- the publisher's own key, else the canonical URL
  key text not null,
  canonical_url text not null,
  -- as the publisher or the first reader gave it, for links
  url text not null,
  title text,
  language text,
  closed_at timestamptz,
  -- raised by every change a reader could see: the ETag of its pages
  revision bigint not null default 0,
  published_count integer not null default 0,
  created_at timestamptz not null default now(),
  unique (site_id, key)
);
create index threads_canonical_url on threads (site_id, canonical_url);

create table authors (
  id bigint generated always as identity primary key,
  site_id integer not null references sites on delete cascade,
  -- HMAC-SHA-256 of the normalised address; the address itself is sealed with AES-256-GCM
  email_hash bytea not null,
  email_sealed bytea not null,
  name text not null,
  status text not null default 'normal' check (status in ('normal', 'trusted', 'banned')),
  published_count integer not null default 0,
  held_count integer not null default 0,
  rejected_count integer not null default 0,
  spam_count integer not null default 0,
  created_at timestamptz not null default now(),
  unique (site_id, email_hash)
);

create table comments (
  id uuid primary key,
  site_id integer not null,
  thread_id bigint not null,
  author_id bigint not null,
  parent_id uuid,
  root_id uuid not null,
  depth smallint not null,
  -- ids from the root to here: its byte order is the thread read depth-first
  path bytea not null,
  status text not null default 'pending'
    check (status in ('pending', 'published', 'held', 'rejected', 'spam', 'removed')),
  -- raised by every change: what a late decision is compared with
  version integer not null default 1,
  -- of the text: raised by an edit
  revision integer not null default 1,
  name text not null,
  website text,
  body text not null,
  -- what makes a repeated submission the same one; null once removed
  dedupe_key bytea,
  payload_hash bytea not null,
  request_facts json not null,
  reply_count integer not null default 0,
  -- of the held queue: higher is sooner
  priority smallint not null default 0,
  -- of the effective decision
  decided_by text,
  reason text,
  created_at timestamptz not null,
  edited_at timestamptz,
  status_at timestamptz not null,
  published_at timestamptz
) with (fillfactor = 85);
create unique index comments_dedupe on comments (dedupe_key);
create index comments_author on comments (author_id, id);
create index comments_status on comments (site_id, status, id);
create index comments_held on comments (site_id, priority desc, id) where status = 'held';
create index comments_oldest on comments (thread_id, path) where status = 'published';
create index comments_newest on comments (thread_id, root_id desc, path) where status = 'published';

create table comment_revisions (
  comment_id uuid not null,
  revision integer not null,
  body text not null,
  replaced_at timestamptz not null,
  primary key (comment_id, revision)
);

-- Apart from comments, so that what must be forgotten after 30 days is deleted and not edited out.
create table comment_sources (
  comment_id uuid primary key,
  ip_hash bytea not null,
  network_hash bytea not null,
  created_at timestamptz not null
);
create index comment_sources_ip on comment_sources (ip_hash, comment_id);
create index comment_sources_network on comment_sources (network_hash, comment_id);
create index comment_sources_created on comment_sources using brin (created_at);

-- SimHash in four bands: texts that differ in at most three of 64 bits share a band (Manku et al. 2007).
create table fingerprints (
  comment_id uuid primary key,
  site_id integer not null,
  author_id bigint not null,
  thread_id bigint not null,
  simhash bigint not null,
  band0 integer not null,
  band1 integer not null,
  band2 integer not null,
  band3 integer not null
);
create index fingerprints_band0 on fingerprints (site_id, band0, comment_id);
create index fingerprints_band1 on fingerprints (site_id, band1, comment_id);
create index fingerprints_band2 on fingerprints (site_id, band2, comment_id);
create index fingerprints_band3 on fingerprints (site_id, band3, comment_id);

-- The ledger of owed work. A row is written with what it is about, leased by a worker, and deleted with its effect.
create table outbox (
  topic text not null,
  key uuid not null,
  request_id text,
  -- when the sweeper may hand it to the queue again
  due_at timestamptz not null,
  leased_until timestamptz,
  attempts integer not null default 0,
  last_error text,
  parked_at timestamptz,
  created_at timestamptz not null,
  primary key (topic, key)
) with (fillfactor = 70);
create index outbox_due on outbox (due_at) where parked_at is null;

create table decisions (
  -- UUIDv7: the order of the log
  id uuid primary key,
  site_id integer not null,
  comment_id uuid not null,
  comment_revision integer not null,
  -- the comment's version after it
  comment_version integer not null,
  actor_kind text not null check (actor_kind in ('policy', 'moderator', 'author', 'system')),
  -- rule id, token name, …
  actor text not null,
  action text not null,
  from_status text not null,
  to_status text not null,
  reason text,
  note text,
  -- the decision it takes back
  undoes uuid,
  policy_version integer,
  evidence json,
  trace json,
  created_at timestamptz not null
);
create index decisions_comment on decisions (comment_id, id);
-- A text is decided by the policy once, whatever is retried.
create unique index decisions_policy_once on decisions (comment_id, comment_revision) where actor_kind = 'policy';
create index decisions_actor on decisions (site_id, actor_kind, id);

create table events (
  -- UUIDv7: its order is the order of happening; also the webhook's message id
  id uuid primary key,
  site_id integer not null,
  type text not null,
  comment_id uuid not null,
  -- the very bytes that every attempt sends
  payload text not null,
  created_at timestamptz not null
);
create index events_site on events (site_id, id);
create index events_comment on events (comment_id);

create table endpoints (
  id uuid primary key,
  site_id integer not null references sites on delete cascade,
  url text not null,
  description text,
  -- empty: all types
  types text[] not null default '{}',
  secret_sealed bytea not null,
  previous_secret_sealed bytea,
  previous_secret_until timestamptz,
  enabled boolean not null default true,
  disabled_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index endpoints_site on endpoints (site_id);

create table deliveries (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  endpoint_id uuid not null,
  site_id integer not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  -- when the next attempt is owed; the sweeper hands it to the queue
  due_at timestamptz not null,
  leased_until timestamptz,
  last_error text,
  last_status_code integer,
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (event_id, endpoint_id)
);
create index deliveries_due on deliveries (due_at) where status = 'pending';
create index deliveries_endpoint on deliveries (endpoint_id, id);

create table delivery_attempts (
  delivery_id bigint not null references deliveries on delete cascade,
  number integer not null,
  outcome text not null,
  status_code integer,
  error text,
  response_excerpt text,
  duration_ms integer not null,
  created_at timestamptz not null,
  primary key (delivery_id, number)
);

create table api_tokens (
  id uuid primary key,
  -- SHA-256 of the token, which is shown once
  hash bytea not null unique,
  display_prefix text not null,
  name text not null,
  scopes text[] not null,
  -- null: all sites
  site_id integer references sites on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- rate-limiter-flexible's own layout. Lost in a crash, which costs a window of counting.
create unlogged table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
