import type { Label } from './dataset.js';

/** Frames with what was said of them and what is true; both of one length. */
export interface ScoredFrames {
  scores: readonly number[];
  labels: readonly Label[];
}

/**
 * Area under the ROC curve in [0, 1]: the chance that an anomalous frame scores higher than a normal one, a tie
 * counting half. Computed as the Mann-Whitney statistic by ranks, tied scores sharing their mean rank (Hanley and
 * McNeil: The Meaning and Use of the Area under a ROC Curve, Radiology 143, 1982). Null without frames of both kinds.
 */
export function rocAuc({ scores, labels }: ScoredFrames): number | null {
  const frames = scores.map((score, i) => ({ score, anomalous: labels[i] === 1 }));
  frames.sort((a, b) => a.score - b.score);
  const positives = frames.filter(({ anomalous }) => anomalous).length;
  const negatives = frames.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let rankSum = 0;
  for (let first = 0; first < frames.length;) {
    let end = first + 1;
    while (end < frames.length && frames[end]?.score === frames[first]?.score) end += 1;
    // Ranks count from 1, so a run of ties in [first, end) has the mean rank (first + 1 + end) / 2.
    const tiedPositives = frames.slice(first, end).filter(({ anomalous }) => anomalous).length;
    rankSum += tiedPositives * ((first + 1 + end) / 2);
    first = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Area over the frames of all clips pooled, in [0, 1]; null without frames of both kinds. */
export function microAuc(clips: readonly ScoredFrames[]): number | null {
  return rocAuc({
    scores: clips.flatMap(({ scores }) => scores),
    labels: clips.flatMap(({ labels }) => labels),
  });
}

/** Mean area of the clips that hold frames of both kinds, in [0, 1]; null when none does. */
export function macroAuc(clips: readonly ScoredFrames[]): number | null {
  const areas = clips.map(rocAuc).filter((area) => area !== null);
  if (areas.length === 0) return null;
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}
