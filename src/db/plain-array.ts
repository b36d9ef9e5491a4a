/**
 * Ids, numbers, ISO times and names of ours as one array parameter. They need no quotes, which spares looking at each for what would have to be
 * escaped; a text that may hold anything needs the driver's own way.
 */
export function plainArray(values: readonly (string | number | bigint | boolean | null)[]): string {
  return `{${values.map((value) => value ?? "null").join(",")}}`;
}
