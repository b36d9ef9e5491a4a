const WORDS =
  "the report letters families talks border winter hospital exchange lawyers journalists convention camp river village soldiers reading moved careful question answer paragraph printed quiet neighbours memory paper morning editor thought sentence history".split(
    " ",
  );

let state = 42;

/** A small generator with a fixed seed: each run sends the same comments (Numerical Recipes' constants). */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

/** About 300 characters of ordinary words, hardly ever the same twice. */
export function commentBody(): string {
  let text = "";
  while (text.length < 300) text += `${WORDS[Math.floor(random() * WORDS.length)] ?? "word"} `;
  return `${text.trim()}.`;
}

/** The n-th reader: another author at another address each time. */
export function submission(n: number, url: string) {
  return { name: `Reader ${n}`, email: `reader${n}@readers.example`, body: commentBody(), url };
}

export function address(n: number): string {
  return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}
