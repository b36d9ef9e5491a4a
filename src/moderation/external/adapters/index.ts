import type { Adapter } from "../adapter.ts";
import type { AdapterName } from "../names.ts";
import { akismet } from "./akismet.ts";
import { dnsbl } from "./dnsbl.ts";
import { moderationApi } from "./moderation-api.ts";
import { policyModel } from "./policy-model.ts";
import { stopForumSpam } from "./stopforumspam.ts";

/** Everybody who can be asked. None is, until a site says so. */
export const ADAPTERS: Readonly<Record<AdapterName, Adapter>> = {
  dnsbl,
  stopforumspam: stopForumSpam,
  akismet,
  moderationApi,
  policyModel,
};
