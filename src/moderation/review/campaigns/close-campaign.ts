import type { Principal } from "../../../accounts/principal.ts";
import type { Context } from "../../../context.ts";
import { AppError } from "../../../errors.ts";
import { type ActInput, actOnCampaign, type ActResult } from "./act-on-campaign.ts";
import type { CampaignActInput } from "./schema.ts";

/**
 * Closes a campaign: from now on nothing follows a decision about it, which stays as it is for the comments it was made for.
 * May be repeated.
 * @throws AppError `forbidden`, `not_found`, `conflict` (`campaign_closed`; see {@link actOnCampaign})
 */
export async function closeCampaign(
  ctx: Context,
  principal: Principal,
  input: CampaignActInput & Omit<ActInput, "version">,
): Promise<ActResult> {
  const { note } = input;
  return actOnCampaign(
    ctx,
    principal,
    input,
    async (_tx, campaign) => {
      if (campaign.status === "closed") {
        throw new AppError("conflict", "This campaign is closed already.", { reason: "campaign_closed" });
      }
      return {
        act: {
          kind: "close",
          action: null,
          reason: null,
          note,
          include_published: false,
          until: null,
          undoes: null,
        },
        state: {
          status: "closed",
          followAction: null,
          followUntil: null,
          hosts: campaign.hosts,
          inForce: "kept",
        },
      };
    },
    (act) => act.kind === "close" && act.note === note,
  );
}
