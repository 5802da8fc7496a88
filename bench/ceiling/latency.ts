/** How long frames took, as a histogram with fixed buckets tells; pure. */

/** Which share of the frames was scored within so many milliseconds, in ascending order. */
export type Latency = readonly { ms: number; share: number }[];

/**
 * Milliseconds within which `quantile` of the frames were scored, evenly spread within a bucket; NaN without frames. Beyond
 * the last bucket it is that bucket's edge: no less.
 */
export function quantileOf(latency: Latency, quantile: number): number {
  let below = { ms: 0, share: 0 };
  for (const bucket of latency) {
    if (bucket.share >= quantile) {
      const within = (quantile - below.share) / (bucket.share - below.share);
      return below.ms + within * (bucket.ms - below.ms);
    }
    below = bucket;
  }
  return below.share === 0 ? NaN : below.ms;
}
