import type { Proposal } from "./publish.ts";
import type { CommentRow } from "./store/find.ts";

/** A stored comment as the publishing transaction wants it. */
export function toProposalComment(row: CommentRow): Proposal["comment"] {
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
