import type { Label, LabelledClip } from './dataset.js';
import type { PlayedClip } from './evaluated-camera.js';
import { matchEvents, segmentsOf, type Matching, type ToldEvent } from './event-matching.js';
import { literatureScores, scoresOfFrames } from './frame-scores.js';

/** A test clip with what was said of it. All lists of frames have one length, that of the frames judged. */
export interface JudgedClip extends Matching {
  id: string;
  file: string;
  kind: LabelledClip['kind'];
  /** Frames at its beginning that went into the camera's warm-up, or into its first window when no score came. */
  framesSkipped: number;
  labels: Label[];
  /** Stream time of each frame in microseconds from the clip's first frame. */
  frameUs: number[];
  /** Scores as the product emitted them. */
  online: number[];
  /** See {@link literatureScores}. */
  literature: number[];
  events: ToldEvent[];
}

/** Sets what a camera said against the labels; frames before the end of its warm-up are left out. */
export function judge({ clip, frameUs, scores, events, warm }: PlayedClip, fps: number): JudgedClip {
  const firstScoreUs = scores[0]?.atUs ?? Infinity;
  const ready = (us: number): boolean => (warm ? scores.length > 0 : us >= firstScoreUs);
  const firstReady = frameUs.findIndex(ready);
  const framesSkipped = firstReady === -1 ? frameUs.length : firstReady;
  const judgedUs = frameUs.slice(framesSkipped);
  const labels = clip.labels.slice(framesSkipped);
  const online = scoresOfFrames(scores, judgedUs);
  return {
    id: clip.id,
    file: clip.file,
    kind: clip.kind,
    framesSkipped,
    labels,
    frameUs: judgedUs,
    online,
    literature: literatureScores(online, fps),
    events,
    ...matchEvents(events, segmentsOf(labels, judgedUs, fps)),
  };
}
