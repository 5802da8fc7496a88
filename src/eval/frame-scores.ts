/** From the scores that a camera emitted to one score a labelled frame. */

export interface TimedScore {
  /** From the clip's first frame, in microseconds of stream time. */
  atUs: number;
  /** In [0, 1]. */
  anomalyScore: number;
}

/** Width of the centred Gaussian of {@link literatureScores}: the publications' 3 to 12 frames, in time. */
const SMOOTHING_SIGMA_S = 0.5;
/** A Gaussian is cut off here, in sigmas. */
const SMOOTHING_REACH = 4;

/**
 * For each frame the newest score at or before it, as someone watching would have seen it; frames before the first
 * score take the first. Both lists in order of time; `scores` is not empty.
 */
export function scoresOfFrames(scores: readonly TimedScore[], frameUs: readonly number[]): number[] {
  let newest = 0;
  return frameUs.map((us) => {
    while ((scores[newest + 1]?.atUs ?? Infinity) <= us) newest += 1;
    return scores[newest]?.anomalyScore ?? NaN;
  });
}

/**
 * A clip's scores as publications evaluate them, with knowledge of the whole clip: smoothed by a centred Gaussian
 * (as Reiss and Hoshen: An Attribute-based Method for Video Anomaly Detection, 2022, do), then placed between the
 * clip's own extremes (Liu, Luo, Lian, Gao: Future Frame Prediction for Anomaly Detection, CVPR 2018). In [0, 1].
 */
export function literatureScores(scores: readonly number[], fps: number): number[] {
  const smooth = smoothed(scores, SMOOTHING_SIGMA_S * fps);
  const lowest = smooth.reduce((a, b) => Math.min(a, b), Infinity);
  const highest = smooth.reduce((a, b) => Math.max(a, b), -Infinity);
  const range = highest - lowest;
  return smooth.map((score) => (range === 0 ? 0 : (score - lowest) / range));
}

/** Centred Gaussian, `sigma` in frames; beyond its ends the clip is mirrored. */
function smoothed(scores: readonly number[], sigma: number): number[] {
  const reach = Math.ceil(SMOOTHING_REACH * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - reach) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return scores.map((_, frame) => {
    const sum = weights.reduce(
      (acc, weight, k) => acc + weight * (scores[mirrored(frame + k - reach, scores.length)] ?? NaN),
      0,
    );
    return sum / total;
  });
}

/** The index in [0, length) that an index beyond the ends falls on: ... 1 0 | 0 1 2 | 2 1 ... */
function mirrored(index: number, length: number): number {
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}
