import type { Principal } from "../../../accounts/principal.ts";
import type { Context } from "../../../context.ts";
import { AppError } from "../../../errors.ts";
import { finishAct } from "../store/campaign-acts.ts";
import { type ActInput, actOnCampaign, type ActResult } from "./act-on-campaign.ts";
import type { CampaignActInput } from "./schema.ts";

/**
 * Takes the decision about a campaign back: nothing follows it any more, and each comment that it, or the check in its
 * name, decided is put back where that decision is still the effective one. May be repeated.
 * @throws AppError `forbidden`, `not_found`, `conflict` (`nothing_to_undo`; see {@link actOnCampaign})
 */
export async function undoCampaignDecision(
  ctx: Context,
  principal: Principal,
  input: CampaignActInput & Omit<ActInput, "version">,
): Promise<ActResult> {
  const { note } = input;
  return actOnCampaign(
    ctx,
    principal,
    input,
    async (tx, campaign, at) => {
      if (campaign.act_id === null) {
        throw new AppError("conflict", "No decision about this campaign is in force.", {
          reason: "nothing_to_undo",
        });
      }
      // Whoever is still carrying it out stops there.
      await finishAct(tx, campaign.act_id, at);
      return {
        act: {
          kind: "undo",
          action: null,
          reason: null,
          note,
          include_published: false,
          until: null,
          undoes: campaign.act_id,
        },
        state: { status: "open", followAction: null, followUntil: null, hosts: [], inForce: "none" },
      };
    },
    (act) => act.kind === "undo" && act.note === note,
  );
}
