import { unitAt } from "./unit-at.ts";

/** Where a number of a person stands in a normalised text. */
export type Place = { start: number; end: number };

/** Telephone numbers: international with +, or in a national form that dates, prices and counts do not take. */
export function findPhones(plain: string): Place[] {
  return findRuns(plain, PHONE_RUN).flatMap((run) => {
    if (isPhone(plain, run)) return [run];
    // Two numbers with a space between make one run.
    const parts = findRuns(plain.slice(run.start, run.end), PHONE_PART);
    return parts
      .map(({ start, end }) => ({ start: run.start + start, end: run.start + end }))
      .filter((part) => part.end - part.start < run.end - run.start && isPhone(plain, part));
  });
}

/** Payment card numbers: issuer's prefix and length, grouped as on the card or not at all, Luhn's check digit (ISO/IEC 7812-1). */
export function findCards(plain: string): Place[] {
  return findRuns(plain, CARD_RUN).filter(({ start, end }) => {
    const digits = plain.slice(start, end).replaceAll(/\D/gu, "");
    return CARD_PREFIX.test(digits) && passesLuhn(digits);
  });
}

/** Bank account numbers: IBAN with its country's length and check digits (ISO 13616, mod 97 of ISO/IEC 7064). */
export function findIbans(plain: string): Place[] {
  const found: Place[] = [];
  for (const { index: start } of plain.matchAll(IBAN_START)) {
    const length = IBAN_LENGTHS.get(plain.slice(start, start + 2));
    const end = length === undefined ? -1 : endOfIban(plain, start, length);
    if (end > 0 && passesMod97(plain.slice(start, end))) found.push({ start, end });
  }
  return found;
}

const E164_DIGITS_MAX = 15;
const PHONE_DIGITS_MIN = 9;
const NATIONAL_DIGITS_MAX = 11;
/** Digits with up to two separators between; `plain` has single spaces. */
const PHONE_RUN = /[+(]?\d(?:[ .()/–-]{0,2}\d){6,29}/gu;
const PHONE_PART = /[+(]?\d[\d.()/–-]{7,24}\d/gu;
const NATIONAL = [
  // North America, separated; Russia and Kazakhstan with 8; Korean mobiles.
  /^(?:1[ .-])?\(?[2-9]\d{2}(?:\) ?|[ .-])[2-9]\d{2}[ .-]\d{4}$/u,
  /^8[ -]?\(?[3489]\d{2}\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}$/u,
  /^01[016789][ .-]?\d{3,4}[ .-]?\d{4}$/u,
  // Ten digits after a trunk 0, as in Ukraine.
  /^\(?0[1-9]\d\)?[ .-]?\d{3}[ .-]?\d{2}[ .-]?\d{2}$/u,
  // The international prefix 00.
  /^00[1-9]\d{8,12}$/u,
];
const ZERO_FORM = /^\(?0[1-9]\d{0,3}\)?(?:[ ./-]{1,2}\d{2,8}){1,4}$/u;
const DATE_START =
  /^(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-]\d{2,4}|(?:19|20)\d\d[./-](?:0?[1-9]|1[0-2]))(?:\D|$)/u;
const ISBN_START = /^97[89][ -]?\d/u;
const NUMBER_LABEL = /(?:isbn|issn|doi|№|#)[:\s-]*$/u;
const CARD_RUN =
  /(?<![\d.,]|\d[ -])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}|\d{13,19})(?![ -]?\d{4}|\d)/gu;
/** Visa; Mastercard; American Express; Discover and UnionPay and Maestro; JCB; Diners; Mir. */
const CARD_PREFIX =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6\d{15,18}|35\d{14}|3[068]\d{12})$/u;
const IBAN_START = /(?<![\p{L}\d])[a-z]{2}\d{2}(?=[ -]?[a-z\d])/gu;
const IBAN_LENGTHS = readLengths(
  "15no 16be 18dk fi fo gl nl 19mk si 20at ba ee kz lt lu xk 21ch cr hr li lv 22bg bh de gb ge ie me rs va " +
    "23ae gi il iq tl 24ad cz es md pk ro sa se sk tn vg 25pt st 26is tr 27fr gr it mc mr sm " +
    "28al az by cy do gt hu lb pl sv 29br eg ps qa ua 30jo kw mu 31mt sc 32lc",
);

function findRuns(plain: string, pattern: RegExp): Place[] {
  return Array.from(plain.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function isPhone(plain: string, place: Place): boolean {
  const run = plain.slice(place.start, place.end);
  const digits = run.replaceAll(/\D/gu, "");
  if (digits.length < PHONE_DIGITS_MIN || digits.length > E164_DIGITS_MAX) return false;
  if (isPartOfToken(plain, place) || DATE_START.test(run) || ISBN_START.test(run)) return false;
  if (NUMBER_LABEL.test(plain.slice(Math.max(0, place.start - 12), place.start))) return false;
  if (run.startsWith("+")) return !digits.startsWith("0");
  if (isAmount(plain, place)) return false;
  if (NATIONAL.some((pattern) => pattern.test(run))) return true;
  return ZERO_FORM.test(run) && digits.length <= NATIONAL_DIGITS_MAX;
}

/** A Latin letter, a digit or a decimal sign touches it: an identifier, a price, a measure. Particles of other scripts may. */
function isPartOfToken(plain: string, { start, end }: Place): boolean {
  return (
    /[a-z\d_.,$€£¥₴₽₩=]$/u.test(plain.slice(Math.max(0, start - 1), start)) ||
    /^(?:[a-z\d_%]|[.,]\d)/u.test(plain.slice(end, end + 2))
  );
}

function isAmount(plain: string, { start, end }: Place): boolean {
  return (
    /[$€£¥₴₽₩№#] ?$/u.test(plain.slice(Math.max(0, start - 2), start)) ||
    /^ ?(?:[$€£¥₴₽₩%]|usd|eur|uah|грн|руб|원)/u.test(plain.slice(end, end + 5))
  );
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = unitAt(digits, digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0 && /[1-9]/u.test(digits);
}

/** Where the account number ends, spaces and hyphens between its groups not counted; -1 when its length is not right. */
function endOfIban(plain: string, start: number, length: number): number {
  let seen = 0;
  let index = start;
  for (; seen < length; index++) {
    const sign = plain[index] ?? "";
    if (/[a-z\d]/u.test(sign)) seen++;
    else if (!/[ -]/u.test(sign) || /[ -]/u.test(plain[index - 1] ?? "")) return -1;
  }
  return /[a-z\d]/u.test(plain[index] ?? "") ? -1 : index;
}

function passesMod97(written: string): boolean {
  const signs = written.replaceAll(/[ -]/gu, "");
  let remainder = 0;
  for (const sign of signs.slice(4) + signs.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

function readLengths(table: string): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  let length = 0;
  for (const item of table.split(" ")) {
    if (item.length > 2) length = Number(item.slice(0, 2));
    lengths.set(item.slice(-2), length);
  }
  return lengths;
}
