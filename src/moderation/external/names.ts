/** Those who may be asked, by the prefix of their facts. Stored in settings: never rename one. */
export const ADAPTER_NAMES = ["dnsbl", "stopforumspam", "akismet", "moderationApi", "policyModel"] as const;
export type AdapterName = (typeof ADAPTER_NAMES)[number];

export function isAdapterName(text: string): text is AdapterName {
  return ADAPTER_NAMES.some((name) => name === text);
}
