import type { Signal } from "../signal.ts";
import { DISPOSABLE_DOMAINS } from "./disposable-domains.ts";
import { isOnDomainList } from "./domain-list.ts";

/** RFC 5321 §4.5.3.1: octets of the local part and of the whole path. */
const LOCAL_OCTETS_MAX = 64;
const ADDRESS_OCTETS_MAX = 254;

/** Facts about the author's address; the address itself never leaves this file. */
export const emailSignal: Signal = {
  name: "email",
  version: 1,
  deadlineMs: 50,
  facts: {
    "email.disposable": { type: "bool", description: "The address belongs to a throw-away mail service" },
    "email.malformed": { type: "bool", description: "The address cannot be right" },
    "email.plusTag": { type: "bool", description: "The address has a tag (name+tag@…)" },
  },
  run({ email }) {
    const address = email.trim().toLowerCase();
    const at = address.lastIndexOf("@");
    const domain = address.slice(at + 1);
    return {
      "email.disposable": { value: isOnDomainList(DISPOSABLE_DOMAINS, domain) },
      "email.malformed": { value: isMalformed(address, at) },
      "email.plusTag": { value: address.slice(0, Math.max(0, at)).includes("+") },
    };
  },
};

/** The "valid e-mail address" of the HTML standard, with a dot required and the lengths of RFC 5321. */
function isMalformed(address: string, at: number): boolean {
  if (address.length > ADDRESS_OCTETS_MAX || at > LOCAL_OCTETS_MAX) return true;
  return !ADDRESS.test(address);
}

const ADDRESS =
  /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]+@[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?)+$/u;
