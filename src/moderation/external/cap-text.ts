/** Beyond this, models are asked no more: it is what every one of them can read. Unicode code points. */
const ASKED_CHARS_MAX = 5_000;

/** The beginning of a text, no longer than {@link ASKED_CHARS_MAX}, without half a character at its end. */
export function capText(text: string): string {
  if (text.length <= ASKED_CHARS_MAX) return text;
  let end = 0;
  let count = 0;
  for (const character of text) {
    if (count === ASKED_CHARS_MAX) break;
    end += character.length;
    count += 1;
  }
  return text.slice(0, end);
}
