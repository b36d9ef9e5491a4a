import type { Database, Tx } from "../../../db/database.ts";
import { linkedHosts } from "../../signals/campaign.ts";
import { normaliseText } from "../../text.ts";
import { findTexts } from "../store/campaigns.ts";

/** Comments whose links are looked at, the latest, and hosts that are kept. */
const TEXTS_MAX = 500;
const HOSTS_MAX = 200;

/** The hosts that a campaign's comments link to. */
export async function collectHosts(db: Database | Tx, campaignId: string): Promise<string[]> {
  const texts = await findTexts(db, campaignId, TEXTS_MAX);
  const hosts = texts.flatMap(({ body, website }) => linkedHosts(normaliseText(body), website));
  return [...new Set(hosts)].slice(0, HOSTS_MAX).toSorted();
}
