import { z } from "zod";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "../../../sites/limits.ts";
import { siteKeySchema } from "../../../sites/schema.ts";
import { hasFittingReason, moment, note, verdict, version } from "../schema.ts";
import { CAMPAIGN_STATUSES } from "../store/campaigns.ts";

export const CAMPAIGN_LIMITS = {
  /** How long further comments may follow a decision, and how long they do unless told otherwise. */
  followDaysMax: 90,
  followDaysDefault: 7,
} as const;

const page = {
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT),
  cursor: z.string().max(4_096).optional(),
};

export const campaignsQuerySchema = z.strictObject({
  site: siteKeySchema.optional(),
  status: z.preprocess(
    (value) => (value === undefined ? ["open"] : [value].flat()),
    z.array(z.enum(CAMPAIGN_STATUSES)).min(1).max(CAMPAIGN_STATUSES.length),
  ),
  minSize: z.coerce.number().int().min(1).max(1_000_000).default(1),
  since: moment.optional(),
  ...page,
});
export type CampaignsQuery = z.output<typeof campaignsQuerySchema>;

export const campaignQuerySchema = z.strictObject(page);
export type CampaignQuery = z.output<typeof campaignQuerySchema>;

export const campaignDecisionSchema = z
  .strictObject({
    ...verdict,
    /** Until when further comments follow; null: none does. Without it, seven days. */
    until: z.iso.datetime({ offset: true }).nullish(),
    /** Those that are on the page already, too. */
    includePublished: z.boolean().default(false),
  })
  .check(hasFittingReason);
export type CampaignDecisionInput = z.output<typeof campaignDecisionSchema>;

export const campaignActSchema = z.strictObject({ version, note });
export type CampaignActInput = z.output<typeof campaignActSchema>;
