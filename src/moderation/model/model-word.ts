/** A word as the model reads it, with its place in `plain`. */
export type ModelWord = { text: string; start: number; end: number };

/** Letters of one word that are looked at: longer ones are addresses or noise. */
export const WORD_UNITS_MAX = 40;
