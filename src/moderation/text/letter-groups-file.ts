/** A group of letters as UTF-8, a space where a word begins or ends, and how much it speaks for which languages. */
export type LetterGroup = {
  bytes: readonly number[];
  weights: readonly { language: number; weight: number }[];
};

/** Groups of letters by their bytes, in typed arrays. */
export type LetterGroups = {
  /** ISO 639-1, by the number that {@link LetterGroups.pairLanguages} has. */
  languages: readonly string[];
  /** The last three bytes of each group, and those before them. */
  low: Int32Array;
  high: Int32Array;
  /** Where the weights of a group start; one entry more than there are groups. */
  starts: Int32Array;
  pairLanguages: Uint8Array;
  pairWeights: Uint8Array;
};

export const GROUP_BYTES_MAX = 6;
const MAGIC = "PARLEYL1";
/** Magic, then the counts of languages, groups and pairs as uint32, little-endian. */
const HEADER_BYTES = MAGIC.length + 12;

/** The file: header, languages, groups (padded in front), how many weights each has, the weights' languages, the weights. */
export function serialiseLetterGroups(
  languages: readonly string[],
  groups: readonly LetterGroup[],
): Uint8Array {
  const pairs = groups.flatMap(({ weights }) => weights);
  const header = new Uint8Array(HEADER_BYTES);
  header.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(header.buffer);
  for (const [index, count] of [languages.length, groups.length, pairs.length].entries())
    view.setUint32(MAGIC.length + index * 4, count, true);
  return Buffer.concat([
    header,
    Buffer.from(languages.join(""), "latin1"),
    ...groups.map(({ bytes }) =>
      Buffer.from([...Array<number>(GROUP_BYTES_MAX - bytes.length).fill(0), ...bytes]),
    ),
    Uint8Array.from(groups, ({ weights }) => weights.length),
    Uint8Array.from(pairs, ({ language }) => language),
    Uint8Array.from(pairs, ({ weight }) => weight),
  ]);
}

/** @throws Error when it is no such file */
export function parseLetterGroups(bytes: Uint8Array): LetterGroups {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    throw new Error("This is no table of letter groups.");
  const countAt = (index: number) => view.getUint32(MAGIC.length + index * 4, true);
  const [languageCount, groupCount, pairCount] = [countAt(0), countAt(1), countAt(2)];
  const keysStart = HEADER_BYTES + languageCount * 2;
  const countsStart = keysStart + groupCount * GROUP_BYTES_MAX;
  const pairsStart = countsStart + groupCount;
  if (bytes.length !== pairsStart + pairCount * 2) throw new Error("The table of letter groups is cut off.");
  const low = new Int32Array(groupCount);
  const high = new Int32Array(groupCount);
  const starts = new Int32Array(groupCount + 1);
  for (let group = 0; group < groupCount; group++) {
    const at = keysStart + group * GROUP_BYTES_MAX;
    high[group] = view.getUint16(at) * 256 + view.getUint8(at + 2);
    low[group] = view.getUint16(at + 3) * 256 + view.getUint8(at + 5);
    starts[group + 1] = (starts[group] ?? 0) + view.getUint8(countsStart + group);
  }
  const names = new TextDecoder().decode(bytes.subarray(HEADER_BYTES, keysStart));
  return {
    languages: names.match(/../g) ?? [],
    low,
    high,
    starts,
    pairLanguages: bytes.slice(pairsStart, pairsStart + pairCount),
    pairWeights: bytes.slice(pairsStart + pairCount),
  };
}
