import type { Fact, Signal } from "../signal.ts";
import { type NormalisedText, spansInBody } from "../text.ts";
import { findLinks } from "../text/links.ts";
import { findCards, findIbans, findPhones, type Place } from "../text/numbers.ts";

const DIGITS_MIN = 7;

/** Personal data in the body: a guard against doxxing and against people publishing their own. Only counts and places. */
export const personalSignal: Signal = {
  name: "personal",
  version: 1,
  deadlineMs: 50,
  facts: {
    "personal.phone": { type: "int", description: "Telephone numbers in the comment" },
    "personal.email": { type: "int", description: "E-mail addresses in the comment, the author's own too" },
    "personal.card": { type: "int", description: "Payment card numbers in the comment (check digit right)" },
    "personal.iban": {
      type: "int",
      description: "Bank account numbers (IBAN) in the comment (check digits right)",
    },
  },
  run({ text }) {
    const { links, addresses } = findLinks(text);
    const outside = (places: Place[]) =>
      places.filter((place) => !links.some((link) => place.start < link.end && link.start < place.end));
    const hasDigits = MANY_DIGITS.test(text.plain);
    const cards = hasDigits ? outside(findCards(text.plain)) : [];
    const ibans = hasDigits ? outside(findIbans(text.plain)) : [];
    const taken = [...cards, ...ibans];
    const phones = hasDigits ? outside(findPhones(text.plain)) : [];
    const untaken = phones.filter(
      (phone) => !taken.some((other) => phone.start < other.end && other.start < phone.end),
    );
    return {
      "personal.phone": counted(text, untaken),
      "personal.email": counted(text, addresses),
      "personal.card": counted(text, cards),
      "personal.iban": counted(text, ibans),
    };
  },
};

const MANY_DIGITS = new RegExp(`(?:\\d\\D{0,3}){${DIGITS_MIN}}`, "u");

function counted(text: NormalisedText, places: readonly Place[]): Fact {
  return places.length === 0 ? { value: 0 } : { value: places.length, spans: spansInBody(text, places) };
}
