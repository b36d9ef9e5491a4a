import { z } from "@hono/zod-openapi";
import { COMMENT_STATUSES } from "../../comments/status.ts";
import { SORTS } from "../../comments/list.ts";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "../../sites/limits.ts";

const status = z.enum(COMMENT_STATUSES).openapi("CommentStatus");

/** What the description shows; the parser itself is built per site from its limits (`comments/schema.ts`). */
const submission = z
  .object({
    name: z.string().max(245).openapi({ example: "Olena" }),
    email: z.string().max(254).openapi({ description: "Never published.", example: "olena@example.org" }),
    body: z
      .string()
      .max(50_000)
      .openapi({ description: "Plain text; 2 to 5,000 characters unless the site says otherwise." }),
    website: z.string().max(2_048).nullish(),
    parentId: z.uuid().nullish().openapi({ description: "The published comment this replies to." }),
    url: z
      .string()
      .max(2_048)
      .nullish()
      .openapi({ description: "The article. Needed unless its `threadKey` is known." }),
    title: z.string().max(1_000).nullish(),
    threadKey: z
      .string()
      .max(200)
      .nullish()
      .openapi({ description: "The publisher's own key of the article; wins over the URL." }),
    token: z.string().nullish().openapi({ description: "From `GET /v1/sites/{site}/form`, for forms." }),
  })
  .openapi("Submission");

export const submissionBodies = {
  "application/json": { schema: submission },
  "application/x-www-form-urlencoded": { schema: submission },
  "multipart/form-data": { schema: submission },
};

export const submittedSchema = z
  .object({
    id: z.uuid(),
    status,
    statusUrl: z.url(),
    editToken: z.string().nullable(),
    thread: z.object({ key: z.string(), url: z.string() }),
  })
  .openapi("Submitted");

const publicComment = z
  .object({
    id: z.uuid(),
    parentId: z.uuid().nullable(),
    parentMissing: z
      .boolean()
      .openapi({ description: "It replies to a comment that is not published any more." }),
    depth: z.int(),
    replyCount: z.int().openapi({ description: "Published direct replies." }),
    name: z.string(),
    website: z.string().nullable(),
    body: z.string(),
    createdAt: z.iso.datetime({ offset: true }),
    editedAt: z.iso.datetime({ offset: true }).nullable(),
  })
  .openapi("PublishedComment");

export const pageSchema = z
  .object({
    thread: z
      .object({
        key: z.string(),
        url: z.string(),
        title: z.string().nullable(),
        count: z.int(),
        closed: z.boolean(),
      })
      .nullable()
      .openapi({ description: "null while nobody has commented on the article." }),
    comments: z.array(publicComment),
    next: z.string().nullable().openapi({ description: "Cursor of the next page." }),
  })
  .openapi("CommentPage");

export const ownCommentSchema = z
  .object({
    id: z.uuid(),
    status,
    version: z.int(),
    parentId: z.uuid().nullable(),
    depth: z.int(),
    name: z.string(),
    website: z.string().nullable(),
    body: z.string(),
    explanation: z
      .string()
      .nullable()
      .openapi({ description: "One fair sentence, when it is not published." }),
    threadUrl: z.string(),
    createdAt: z.iso.datetime(),
    editedAt: z.iso.datetime().nullable(),
    editableUntil: z.iso.datetime().nullable(),
  })
  .openapi("OwnComment");

const article = {
  url: z
    .string()
    .max(2_048)
    .optional()
    .openapi({ description: "The article's URL; its variants are one thread." }),
  key: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: "The publisher's own key; wins over the URL." }),
};

export const articleQuery = z.object(article);

export const listQuery = z.object({
  ...article,
  sort: z.enum(SORTS).default("oldest"),
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT),
  cursor: z.string().max(4_096).optional(),
});
