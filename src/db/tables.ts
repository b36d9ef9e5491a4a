import type { ColumnType, Generated } from "kysely";
import type { AuthorStatus, CommentStatus, DecisionAction } from "../comments/status.ts";

/** Row types of the tables in `migrations/`, for Kysely. bigint columns come as strings, as pg delivers them. */
export type Tables = {
  sites: SiteTable;
  policies: PolicyTable;
  policy_drafts: PolicyDraftTable;
  threads: ThreadTable;
  authors: AuthorTable;
  comments: CommentTable;
  comment_revisions: CommentRevisionTable;
  comment_sources: CommentSourceTable;
  outbox: OutboxTable;
  decisions: DecisionTable;
  events: EventTable;
  endpoints: EndpointTable;
  deliveries: DeliveryTable;
  delivery_attempts: DeliveryAttemptTable;
  api_tokens: ApiTokenTable;
  author_changes: AuthorChangeTable;
  rule_days: RuleDayTable;
  campaigns: CampaignTable;
  campaign_members: CampaignMemberTable;
  campaign_acts: CampaignActTable;
  campaign_decisions: CampaignDecisionTable;
  site_models: SiteModelTable;
  model_examples: ModelExampleTable;
  model_versions: ModelVersionTable;
  external_usage: ExternalUsageTable;
  external_reports: ExternalReportTable;
  external_list_entries: ExternalListEntryTable;
};

type BigIntId = ColumnType<string, never, never>;
type Json = ColumnType<unknown, string, string>;

type SiteTable = {
  id: ColumnType<number, never, never>;
  key: string;
  name: string;
  language: string | null;
  origins: string[];
  settings: Json;
  external: ColumnType<unknown, string | undefined, string>;
  policy_version: number;
  automation: Json | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
};

type PolicyDraftTable = {
  site_id: number;
  source: string;
  note: string | null;
  based_on: number;
  revision: Generated<number>;
  updated_by: string;
  updated_at: Date;
};

type PolicyTable = {
  site_id: number;
  version: number;
  source: string;
  note: string | null;
  created_by: string;
  created_at: Generated<Date>;
};

type ThreadTable = {
  id: BigIntId;
  site_id: number;
  key: string;
  canonical_url: string;
  url: string;
  title: string | null;
  language: string | null;
  closed_at: Date | null;
  revision: Generated<string>;
  published_count: Generated<number>;
  created_at: Generated<Date>;
};

type AuthorTable = {
  id: BigIntId;
  site_id: number;
  email_hash: Buffer;
  email_sealed: Buffer;
  name: string;
  status: Generated<AuthorStatus>;
  published_count: Generated<number>;
  held_count: Generated<number>;
  rejected_count: Generated<number>;
  spam_count: Generated<number>;
  created_at: Generated<Date>;
};

type CommentTable = {
  id: string;
  site_id: number;
  thread_id: string;
  author_id: string;
  parent_id: string | null;
  root_id: string;
  depth: number;
  path: Buffer;
  status: CommentStatus;
  version: number;
  revision: number;
  name: string;
  website: string | null;
  body: string;
  dedupe_key: Buffer | null;
  payload_hash: Buffer;
  request_facts: Json;
  reply_count: number;
  priority: number;
  decided_by: string | null;
  reason: string | null;
  created_at: Date;
  edited_at: Date | null;
  status_at: Date;
  published_at: Date | null;
};

type CommentRevisionTable = { comment_id: string; revision: number; body: string; replaced_at: Date };

type CommentSourceTable = {
  comment_id: string;
  ip_hash: Buffer;
  network_hash: Buffer;
  /** Address and browser, while an external check wants them. */
  sender_sealed: Buffer | null;
  created_at: Date;
};

type OutboxTable = {
  topic: string;
  key: string;
  request_id: string | null;
  due_at: Date;
  leased_until: Date | null;
  attempts: number;
  last_error: string | null;
  parked_at: Date | null;
  created_at: Date;
};

/** Who decided. `policy` is unique per text of a comment. */
export type ActorKind = "policy" | "moderator" | "author" | "system";

type DecisionTable = {
  id: string;
  site_id: number;
  comment_id: string;
  comment_revision: number;
  comment_version: number;
  actor_kind: ActorKind;
  actor: string;
  /** The API token behind the name, of a moderator. */
  actor_id: ColumnType<string | null, string | null | undefined, string | null>;
  action: string;
  from_status: CommentStatus;
  to_status: CommentStatus;
  reason: string | null;
  note: string | null;
  undoes: string | null;
  policy_version: number | null;
  /** The base model, and after a plus the site's layer, behind a policy's decision. */
  model_version: ColumnType<string | null, string | null | undefined, string | null>;
  evidence: Json | null;
  trace: Json | null;
  /** What evidence and trace leave out; null: nothing. */
  frame_id: ColumnType<string | null, string | null | undefined, string | null>;
  created_at: Date;
};

type EventTable = {
  id: string;
  site_id: number;
  type: string;
  comment_id: string | null;
  payload: string;
  created_at: Date;
};

type EndpointTable = {
  id: string;
  site_id: number;
  url: string;
  description: string | null;
  types: string[];
  secret_sealed: Buffer;
  previous_secret_sealed: Buffer | null;
  previous_secret_until: Date | null;
  enabled: boolean;
  disabled_reason: string | null;
  disabled_at: Date | null;
  paused_until: Date | null;
  created_at: Date;
  updated_at: Date;
};

type DeliveryTable = {
  id: BigIntId;
  event_id: string;
  endpoint_id: string;
  site_id: number;
  status: "pending" | "delivered" | "dead";
  attempts: number;
  due_at: Date;
  sweep_at: Date;
  leased_until: Date | null;
  last_error: string | null;
  last_status_code: number | null;
  created_at: Date;
  finished_at: Date | null;
};

type DeliveryAttemptTable = {
  delivery_id: string;
  number: number;
  outcome: string;
  status_code: number | null;
  error: string | null;
  error_detail: string | null;
  response_excerpt: string | null;
  duration_ms: number;
  created_at: Date;
};

type ApiTokenTable = {
  id: string;
  hash: Buffer;
  display_prefix: string;
  name: string;
  scopes: string[];
  site_id: number | null;
  created_at: Generated<Date>;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
};

type AuthorChangeTable = {
  id: string;
  site_id: number;
  author_id: string;
  from_status: AuthorStatus;
  to_status: AuthorStatus;
  actor: string;
  actor_id: string | null;
  note: string | null;
  created_at: Date;
};

type RuleDayTable = { site_id: number; day: Date; decisions: number; held: number };

type CampaignTable = {
  /** Of the comment it began with. */
  id: string;
  site_id: number;
  status: "open" | "decided" | "closed" | "merged";
  version: Generated<number>;
  comments: Generated<number>;
  authors: Generated<number>;
  threads: Generated<number>;
  first_seen_at: Date;
  last_seen_at: Date;
  heat: number;
  act_id: string | null;
  follow_action: DecisionAction | null;
  follow_until: Date | null;
  hosts: Generated<string[]>;
  merged_into: string | null;
};

type CampaignMemberTable = { comment_id: string; campaign_id: string; author_id: string; thread_id: string };

type CampaignActTable = {
  id: string;
  site_id: number;
  campaign_id: string;
  kind: "decide" | "undo" | "close";
  action: DecisionAction | null;
  reason: string | null;
  note: string | null;
  include_published: Generated<boolean>;
  until: Date | null;
  undoes: string | null;
  actor: string;
  actor_id: string;
  campaign_version: number;
  position: string | null;
  changed: Generated<number>;
  created_at: Date;
  finished_at: Date | null;
};

type CampaignDecisionTable = { act_id: string; comment_id: string; decision_id: string };

type SiteModelTable = {
  site_id: number;
  version: Generated<number>;
  basis: string;
  since: string | null;
  exclusions: Json;
  learned_at: Date | null;
};

type ModelExampleTable = {
  comment_id: string;
  site_id: number;
  decision_id: string;
  comment_revision: number;
  action: string;
  reason: string | null;
  moderator: string;
  author_id: string;
  simhash: string;
  influence: number;
  agreed: number;
  decided_at: Date;
};

type ModelVersionTable = {
  site_id: number;
  version: number;
  basis: string;
  cause: string;
  created_by: string | null;
  restores: number | null;
  examples: number;
  up_to: string | null;
  since: string | null;
  exclusions: Json;
  is_prefix: Generated<boolean>;
  layer: Buffer;
  created_at: Date;
};

type ExternalUsageTable = {
  site_id: number;
  adapter: string;
  minute_at: Date;
  minute_calls: number;
  day_at: Date;
  day_calls: number;
  last_error: string | null;
  last_error_at: Date | null;
  open_until: Date | null;
};

type ExternalReportTable = {
  comment_id: string;
  adapter: string;
  verdict: "spam" | "ham";
  reported_at: Date;
};

type ExternalListEntryTable = { list: string; kind: string; entry: string; network: string | null };
