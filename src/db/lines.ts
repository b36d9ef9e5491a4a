/**
 * Texts of one line each as one parameter, for {@link linesSql}. As an array each would be escaped quote by quote, which is
 * what JSON consists of. null stays null; a text must be neither empty nor have a line break, as JSON never is and has.
 */
export function toLines(texts: readonly (string | null)[]): string {
  return texts.join("\n");
}

/** The array that {@link toLines} made a parameter of. Of a single null nothing is left, which `unnest` fills with null again. */
export function linesSql(parameter: string): string {
  return `string_to_array(${parameter}::text, E'\\n', '')`;
}
