import type { Proposal } from "./publish.ts";
import type { CommentRow } from "./store/find.ts";

type ProposableRow = Pick<
  CommentRow,
  | "id"
  | "site_id"
  | "version"
  | "site_key"
  | "thread_key"
  | "thread_url"
  | "thread_title"
  | "parent_id"
  | "name"
  | "website"
  | "body"
  | "revision"
  | "created_at"
>;

/** A stored comment as the publishing transaction wants it. */
export function toProposalComment(row: ProposableRow): Proposal["comment"] {
  return {
    id: row.id,
    siteId: row.site_id,
    version: row.version,
    siteKey: row.site_key,
    thread: { key: row.thread_key, url: row.thread_url, title: row.thread_title },
    parentId: row.parent_id,
    name: row.name,
    website: row.website,
    body: row.body,
    revision: row.revision,
    createdAt: row.created_at,
  };
}
