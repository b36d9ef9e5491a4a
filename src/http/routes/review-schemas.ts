import { z } from "@hono/zod-openapi";
import { AUTHOR_STATUSES, COMMENT_STATUSES, DECISION_ACTIONS } from "../../comments/status.ts";
import { MODERATOR_REASON_CODES } from "../../moderation/reasons.ts";
import { campaignSchema } from "./campaign-schemas.ts";

const status = z.enum(COMMENT_STATUSES).openapi("CommentStatus");
const time = z.iso.datetime();
const article = { key: z.string(), url: z.string(), title: z.string().nullable() };

const actor = z
  .object({
    kind: z.enum(["policy", "moderator", "author", "system"]),
    name: z
      .string()
      .openapi({ description: "A rule's id (`otherwise` when none decided) or a token's name." }),
  })
  .openapi("Actor");

const author = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(AUTHOR_STATUSES),
    published: z.int(),
    held: z.int(),
    rejected: z.int(),
    spam: z.int(),
    firstSeenAt: time,
  })
  .openapi("Author");

const comment = {
  id: z.uuid(),
  site: z.string(),
  status,
  version: z.int().openapi({ description: "To be sent back with a decision." }),
  revision: z.int().openapi({ description: "Of the text; raised by an edit." }),
  priority: z.int().openapi({ description: "Higher is sooner." }),
  parentId: z.uuid().nullable(),
  depth: z.int(),
  replyCount: z.int(),
  name: z.string(),
  website: z.string().nullable(),
  body: z.string(),
  bodyTruncated: z.boolean().openapi({ description: "Lists show at most 5,000 characters." }),
  createdAt: time,
  editedAt: time.nullable(),
  statusAt: time,
  decidedBy: actor.nullable(),
  decidedAt: time.nullable(),
  reason: z.string().nullable(),
};

export const queuePageSchema = z
  .object({
    comments: z.array(
      z
        .object({
          ...comment,
          explanation: z
            .string()
            .nullable()
            .openapi({ description: "Why the policy did what it did, in a few sentences." }),
          author,
          thread: z.object({ id: z.string(), ...article }),
        })
        .openapi("ReviewSummary"),
    ),
    next: z.string().nullable().openapi({ description: "Cursor of the next page." }),
    counts: z.record(z.string(), z.int()).nullable().openapi({
      description: "The site's comments by status, counted up to 10,000; only on first pages of one site.",
    }),
  })
  .openapi("ReviewQueue");

const history = z.object({
  comments: z.array(
    z.object({
      id: z.uuid(),
      status,
      reason: z.string().nullable(),
      body: z.string(),
      thread: z.object(article),
      createdAt: time,
    }),
  ),
  changes: z.array(
    z.object({
      from: z.enum(AUTHOR_STATUSES),
      to: z.enum(AUTHOR_STATUSES),
      by: z.string(),
      note: z.string().nullable(),
      at: time,
    }),
  ),
  email: z.string().nullable().optional().openapi({ description: "Only with the scope `authors:manage`." }),
});

export const authorSchema = z
  .object({ ...author.shape, ...history.shape, site: z.string() })
  .openapi("AuthorHistory");

export const authorStatusResultSchema = z
  .object({
    id: z.string(),
    status: z.enum(AUTHOR_STATUSES),
    changed: z.boolean(),
    rejected: z.int().openapi({ description: "Comments rejected by this call." }),
    more: z.boolean().openapi({ description: "There are more to reject: send the same again." }),
  })
  .openapi("AuthorStatusResult");

const neighbour = z
  .object({
    id: z.uuid(),
    parentId: z.uuid().nullable(),
    depth: z.int(),
    status,
    name: z.string(),
    body: z.string(),
    replyCount: z.int(),
    createdAt: time,
  })
  .openapi("Neighbour");

export const loggedDecisionSchema = z
  .object({
    id: z.uuid(),
    by: actor,
    action: z.string(),
    from: status,
    to: status,
    reason: z.string().nullable(),
    note: z.string().nullable(),
    at: time,
    version: z.int(),
    revision: z.int(),
    policyVersion: z.int().nullable(),
    undoes: z.uuid().nullable(),
    undoneBy: z.uuid().nullable(),
  })
  .openapi("LoggedDecision");

export const policyExplanationSchema = z.looseObject({
  summary: z.string(),
  lines: z.array(z.looseObject({})),
});

const check = z
  .object({
    at: time,
    policyVersion: z.int().nullable(),
    revision: z.int().openapi({ description: "Of the text that was checked: the spans refer to it." }),
    rule: z.string(),
    action: z.string(),
    reason: z.string().nullable(),
    explanation: policyExplanationSchema
      .nullable()
      .openapi({ description: "In words, with the rules that matched and what they saw." }),
    evidence: z.array(z.looseObject({})).nullable().openapi({ description: "Every fact that was gathered." }),
    trace: z.array(z.looseObject({})).nullable().openapi({ description: "Every rule and its outcome." }),
  })
  .openapi("PolicyCheck");

export const reviewDetailSchema = z
  .object({
    ...comment,
    revisions: z.array(z.object({ revision: z.int(), body: z.string(), replacedAt: time })),
    author: z.object({ ...author.shape, ...history.shape }),
    thread: z.object({
      id: z.string(),
      ...article,
      closedAt: time.nullable(),
      publishedCount: z.int(),
      ancestors: z
        .array(neighbour)
        .openapi({ description: "What it replies to, the topmost first; at most 5." }),
      siblings: z.int().nullable().openapi({ description: "Other published replies to the same comment." }),
      before: z.array(neighbour),
      after: z.array(neighbour),
    }),
    check: check.nullable(),
    decisions: z.array(loggedDecisionSchema),
    repeats: z.object({
      count: z.int(),
      comments: z.array(
        z.object({
          id: z.uuid(),
          status,
          sameAuthor: z.boolean(),
          sameThread: z.boolean(),
          distance: z.int(),
        }),
      ),
    }),
    campaign: campaignSchema.nullable().openapi({ description: "The campaign that it belongs to." }),
  })
  .openapi("Review");

const conflict = z
  .object({
    version: z.int(),
    status,
    by: actor.nullable(),
    action: z.string().nullable(),
    reason: z.string().nullable(),
    at: time.nullable(),
  })
  .openapi("DecisionConflict");

export const decidedSchema = z
  .object({
    commentId: z.uuid(),
    outcome: z.enum(["decided", "repeated"]),
    decisionId: z.uuid(),
    version: z.int(),
    status,
  })
  .openapi("Decided");

export const decisionResultsSchema = z
  .object({
    results: z.array(
      z.union([
        decidedSchema,
        z.object({ commentId: z.uuid(), outcome: z.literal("conflict"), conflict }),
        z.object({ commentId: z.uuid(), outcome: z.literal("not_found") }),
      ]),
    ),
  })
  .openapi("DecisionResults");

export const reasonsSchema = z
  .object({
    reasons: z.array(
      z.object({
        code: z.enum(MODERATOR_REASON_CODES),
        moderator: z.string().openapi({ description: 'Completes "because …".' }),
        author: z.string().openapi({ description: "What the author is told." }),
        actions: z.array(z.enum(DECISION_ACTIONS)),
      }),
    ),
  })
  .openapi("ReviewReasons");
