/**
 * A text without what no text column or field may carry: NUL, which PostgreSQL refuses, and lone surrogates, which are
 * halves of a character.
 */
export function storable(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}

export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

/** What is wrong with a text that {@link isStorable} refuses. */
export const NOT_STORABLE = "contains a character that cannot be stored";
