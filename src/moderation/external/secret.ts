import type { Keys } from "../../accounts/keys.ts";
import type { CheckName } from "./external-check.ts";

type Place = { siteId: number; name: CheckName };

export function sealCheckSecret(keys: Keys, place: Place, secret: string): Buffer {
  return keys.box.seal(secret, aadOf(place));
}

/** @throws AppError `unavailable` when it was sealed with a key that is not configured any more, or is damaged. */
export function openCheckSecret(keys: Keys, { sealed, ...place }: Place & { sealed: Buffer | null }) {
  return sealed === null ? null : keys.box.open(sealed, aadOf(place));
}

function aadOf({ siteId, name }: Place): string {
  return `external-secret:${siteId}:${name}`;
}
