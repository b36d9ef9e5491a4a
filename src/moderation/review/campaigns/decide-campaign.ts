import type { Principal } from "../../../accounts/principal.ts";
import type { DecisionAction } from "../../../comments/status.ts";
import type { Context } from "../../../context.ts";
import { AppError } from "../../../errors.ts";
import { isHumanOnly } from "../../reasons.ts";
import { impliedReason } from "../reasons.ts";
import { type ActInput, actOnCampaign, type ActResult } from "./act-on-campaign.ts";
import { collectHosts } from "./collect-hosts.ts";
import { CAMPAIGN_LIMITS, type CampaignDecisionInput } from "./schema.ts";

const DAY_MS = 86_400_000;

/**
 * Decides a campaign: all its comments that are undecided or held, those already published too if so wanted, and until the
 * given end whatever joins it. May be repeated.
 * @throws AppError `forbidden`, `not_found`, `conflict` (see {@link actOnCampaign}), `invalid_input` (the end)
 */
export async function decideCampaign(
  ctx: Context,
  principal: Principal,
  input: CampaignDecisionInput & Omit<ActInput, "version">,
): Promise<ActResult> {
  const { action, note, includePublished } = input;
  const reason = input.reason ?? impliedReason(action);
  return actOnCampaign(
    ctx,
    principal,
    input,
    async (tx, campaign, at) => {
      const until = toEnd(input.until, at);
      const hosts = await collectHosts(tx, campaign.id);
      return {
        act: {
          kind: "decide",
          action,
          reason,
          note,
          include_published: includePublished,
          until,
          undoes: null,
        },
        state: {
          status: "decided",
          followAction: until === null ? null : followedAs(action, reason),
          followUntil: until,
          hosts,
          inForce: "this",
        },
      };
    },
    (act) =>
      act.kind === "decide" &&
      act.action === action &&
      act.reason === reason &&
      act.note === note &&
      act.include_published === includePublished &&
      hasSameEnd(act.until, input.until),
  );
}

/** What is too grave for a machine is not decided by one just because a person decided about a text like it. */
function followedAs(action: DecisionAction, reason: string | null): DecisionAction {
  return isHumanOnly(reason) ? "hold" : action;
}

/** One that was not given is counted from the first time. */
function hasSameEnd(end: Date | null, until: string | null | undefined): boolean {
  if (until === undefined) return end !== null;
  return until === null ? end === null : end?.getTime() === Date.parse(until);
}

function toEnd(until: string | null | undefined, at: Date): Date | null {
  if (until === null) return null;
  if (until === undefined) return new Date(at.getTime() + CAMPAIGN_LIMITS.followDaysDefault * DAY_MS);
  const end = new Date(until);
  const days = (end.getTime() - at.getTime()) / DAY_MS;
  if (days > 0 && days <= CAMPAIGN_LIMITS.followDaysMax) return end;
  const message = `a time from now on and within ${CAMPAIGN_LIMITS.followDaysMax} days`;
  throw new AppError("invalid_input", "The end is not as it must be.", {
    fields: [{ path: "until", message }],
  });
}
