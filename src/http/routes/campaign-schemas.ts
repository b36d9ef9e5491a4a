import { z } from "@hono/zod-openapi";
import { DECISION_ACTIONS } from "../../comments/status.ts";

const time = z.iso.datetime();
const action = z.enum(DECISION_ACTIONS);

export const campaignSchema = z
  .object({
    id: z.uuid(),
    site: z.string(),
    status: z.enum(["open", "decided", "closed", "merged"]),
    version: z
      .int()
      .openapi({ description: "To be sent back with an act; comments that join do not change it." }),
    comments: z.int(),
    authors: z.int(),
    threads: z.int(),
    firstSeenAt: time,
    lastSeenAt: time,
    following: z.object({ action, until: time }).nullable().openapi({
      description: "What comments that join become; null when nothing is in force, or no longer.",
    }),
    sample: z
      .object({ id: z.uuid(), name: z.string(), text: z.string() })
      .nullable()
      .openapi({ description: "The earliest of its comments that is still there." }),
    mergedInto: z.uuid().nullable(),
  })
  .openapi("Campaign");

const actSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(["decide", "undo", "close"]),
    action: action.nullable(),
    reason: z.string().nullable(),
    note: z.string().nullable(),
    includePublished: z.boolean(),
    until: time.nullable(),
    by: z.object({ kind: z.literal("moderator"), name: z.string() }),
    at: time,
    version: z.int(),
    changed: z.int().openapi({ description: "Comments that it has changed so far." }),
    finishedAt: time.nullable().openapi({ description: "Null while it is being carried out." }),
    undoes: z.uuid().nullable(),
  })
  .openapi("CampaignAct");

export const campaignsPageSchema = z
  .object({ campaigns: z.array(campaignSchema), next: z.string().nullable() })
  .openapi("Campaigns");

const counted = { id: z.string(), comments: z.int() };

export const campaignDetailSchema = z
  .object({
    ...campaignSchema.shape,
    statuses: z
      .record(z.string(), z.int())
      .openapi({ description: "Its comments by status; at most the latest 10,000 are counted." }),
    hosts: z.array(z.string()).openapi({ description: "What its latest 500 comments link to." }),
    topAuthors: z.array(z.object({ ...counted, name: z.string(), status: z.string() })),
    topThreads: z.array(
      z.object({ ...counted, key: z.string(), url: z.string(), title: z.string().nullable() }),
    ),
    timeline: z
      .array(z.object({ hour: time, comments: z.int() }))
      .openapi({ description: "By hour, the latest first; hours without any comment are left out." }),
    acts: z.array(actSchema).openapi({ description: "What moderators did, in order; the latest 50." }),
    members: z.object({
      comments: z.array(z.looseObject({ id: z.uuid() })).openapi({ description: "As in the review queue." }),
      next: z.string().nullable(),
    }),
  })
  .openapi("CampaignDetail");

export const campaignActResultSchema = z
  .object({
    outcome: z.enum(["done", "repeated"]),
    campaign: campaignSchema,
    act: actSchema,
  })
  .openapi("CampaignActResult");
