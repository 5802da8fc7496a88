/**
 * The value below which a share `q` (in [0, 1]) of the values lies, interpolated between neighbours (type 7 of
 * Hyndman and Fan: Sample Quantiles in Statistical Packages, 1996); NaN without values.
 */
export function quantileOf(values: ArrayLike<number>, q: number): number {
  const sorted = new Float64Array(values).sort();
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
