-- A comment as readers get it: the type names the members of the JSON that PostgreSQL writes for a page.
create type page_comment as (
  "id" uuid,
  "parentId" uuid,
  "parentMissing" boolean,
  "depth" smallint,
  "replyCount" integer,
  "name" text,
  "website" text,
  "body" text,
  "createdAt" timestamptz,
  "editedAt" timestamptz
);
