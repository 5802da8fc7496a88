/**
 * The value below which a share `q` (in [0, 1]) of the values lies, interpolated between neighbours (type 7 of
 * Hyndman and Fan: Sample Quantiles in Statistical Packages, 1996); null without values.
 */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) return null;
  return below + (at - Math.floor(at)) * (above - below);
}
