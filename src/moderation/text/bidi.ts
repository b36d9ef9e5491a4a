/**
 * Whether a text can show in another order than it was written in: it overrides the direction, or leaves an embedding or
 * isolate open at the end of its line ("Trojan Source", Boucher and Anderson 2021; UAX #9 §3.1). Balanced embeddings, as
 * phones put around pasted numbers, are harmless.
 */
export function reversesText(body: string): boolean {
  if (!BIDI_CONTROL.test(body)) return false;
  if (OVERRIDE.test(body)) return true;
  return body.split(/[\n\r\u2029]/u).some((line) => {
    let embeddings = 0;
    let isolates = 0;
    for (const sign of line) {
      if (sign === "\u202a" || sign === "\u202b") embeddings++;
      else if (sign === "\u202c") embeddings = Math.max(0, embeddings - 1);
      else if (sign >= "\u2066" && sign <= "\u2068") isolates++;
      else if (sign === "\u2069") isolates = Math.max(0, isolates - 1);
    }
    return embeddings > 0 || isolates > 0;
  });
}

const OVERRIDE = /[\u202d\u202e]/u;
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/u;
