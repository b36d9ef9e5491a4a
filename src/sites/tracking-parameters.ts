/** Families of parameters, by how their names begin: Google and everyone (`utm_`), Matomo, HubSpot. */
const TRACKING_PREFIXES = ["utm_", "mtm_", "matomo_", "piwik_", "pk_", "hsa_", "_hs", "__hs"];

/**
 * Parameters that say how a reader came, never what the page shows. Left out on purpose, because some publisher's
 * pages depend on them: `ref`, `source`, `from`, `id`, `share`, `lang`, `page`, `amp`.
 */
const TRACKING_NAMES = new Set([
  // Facebook, Instagram, Threads
  "fbclid",
  "fb_action_ids",
  "fb_action_types",
  "fb_ref",
  "fb_source",
  "igsh",
  "igshid",
  "xmt",
  // Google: ads, analytics, shopping
  "gclid",
  "gclsrc",
  "dclid",
  "gbraid",
  "wbraid",
  "gad_source",
  "gad_campaignid",
  "srsltid",
  "_ga",
  "_gl",
  // Microsoft, Yandex, X, TikTok, LinkedIn, Pinterest, Snapchat, Reddit
  "msclkid",
  "yclid",
  "ysclid",
  "_openstat",
  "twclid",
  "ref_src",
  "ref_url",
  "ttclid",
  "li_fat_id",
  "epik",
  "sccid",
  "rdt_cid",
  // Mailing and marketing tools: Mailchimp, Marketo, Vero, Olytics, Klaviyo, HubSpot, Adobe
  "mc_cid",
  "mc_eid",
  "mkt_tok",
  "vero_id",
  "oly_anon_id",
  "oly_enc_id",
  "_kx",
  "hsctatracking",
  "s_cid",
  // WordPress: the comment to which the form of the same page replies
  "replytocom",
]);

/** Whether a query parameter's name is that of a tracker; case does not matter. */
export function isTrackingParameter(name: string): boolean {
  const lower = name.toLowerCase();
  return TRACKING_NAMES.has(lower) || TRACKING_PREFIXES.some((prefix) => lower.startsWith(prefix));
}
