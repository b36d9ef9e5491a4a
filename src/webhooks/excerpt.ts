/** Longest text kept of an answer, for the attempt log. */
const EXCERPT_CHARS_MAX = 1_000;

const TEXT_TYPES =
  /^(?:text\/|application\/(?:[a-z0-9.-]+\+)?(?:json|xml)\b|application\/x-www-form-urlencoded\b)/i;

/**
 * The beginning of an answer as harmless text: UTF-8, one line's worth of white space for each run of control,
 * format and white-space characters, at most `charsMax`. Empty for what is declared binary or compressed.
 */
export function excerptOf(
  bytes: Uint8Array,
  headers: {
    "content-type"?: string | string[] | undefined;
    "content-encoding"?: string | string[] | undefined;
  },
  charsMax = EXCERPT_CHARS_MAX,
): string {
  const type = headers["content-type"];
  if (headers["content-encoding"] !== undefined || (type !== undefined && !TEXT_TYPES.test(String(type))))
    return "";
  return plainText(new TextDecoder().decode(bytes), charsMax);
}

/** Text from outside without control or direction-changing characters, cut to a length between code points. */
export function plainText(text: string, charsMax: number): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, " ").trim();
  return plain.slice(0, charsMax).replace(/[\uD800-\uDBFF]$/, "");
}
