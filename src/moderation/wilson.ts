/** A share of cases with the bounds within which the true one lies in 95 of 100 such samples. */
export type Share = { value: number; low: number; high: number };

/** Of the normal distribution, for 95 %. */
const Z = 1.959_963_984_540_054;

/**
 * The Wilson score interval of a share (E. B. Wilson, JASA 22, 1927): unlike the usual p ± 1.96 σ it stays within 0 and 1, and
 * says something sensible of few cases and of shares near 1. Null for no cases.
 * @param cases may be a fraction: the effective number of weighted cases.
 */
export function wilsonShare(value: number, cases: number): Share | null {
  if (!(cases > 0)) return null;
  const z2 = Z * Z;
  const centre = value + z2 / (2 * cases);
  const spread = Z * Math.sqrt((value * (1 - value)) / cases + z2 / (4 * cases * cases));
  const scale = 1 + z2 / cases;
  return {
    value,
    // The share itself always lies between them; rounding must not say otherwise.
    low: Math.min(value, Math.max(0, (centre - spread) / scale)),
    high: Math.max(value, Math.min(1, (centre + spread) / scale)),
  };
}

/** As {@link wilsonShare}, of counted cases. */
export function wilsonOf(hits: number, cases: number): Share | null {
  return cases === 0 ? null : wilsonShare(hits / cases, cases);
}
