import { AppError } from '../errors.js';
import { VAD_FRAME } from '../frame.js';
import { Detector, type DetectorOptions } from '../scoring/detector.js';
import type { EpisodeChange } from '../scoring/episode.js';
import { US_PER_S } from '../units.js';
import { CameraWindow } from '../workers/camera-window.js';
import { FrameSampler } from '../workers/frame-sampler.js';
import type { Mnad } from '../workers/mnad.js';
import { framesOf } from './clip-frames.js';
import type { LabelledClip } from './dataset.js';
import type { ToldEvent } from './event-matching.js';
import type { TimedScore } from './frame-scores.js';

/** What the camera said during one clip; times in microseconds of stream time from the clip's first frame. */
export interface PlayedClip {
  clip: LabelledClip;
  /** Time of each frame. */
  frameUs: number[];
  /** In order; empty while the camera warms up. */
  scores: TimedScore[];
  events: ToldEvent[];
  /** Whether the warm-up was over when the clip began. */
  warm: boolean;
}

/** Longer than any gap that a camera's window bridges: it starts over at each clip. */
const BETWEEN_CLIPS_US = 10 * US_PER_S;
/** A clip's own frame rate may differ from the declared one by this share. */
const FPS_TOLERANCE = 0.05;

/**
 * The one camera that the clips of a data set are played to, as fast as the machine allows: the product's decoder,
 * sampler, window, model and detector without the threads between them. What it learns it keeps from clip to clip.
 */
export class EvaluatedCamera {
  readonly #model: Pick<Mnad, 'run'>;
  readonly #vadFps: number;
  readonly #detector: Detector;
  readonly #window: CameraWindow;
  readonly #pixels = new ArrayBuffer(VAD_FRAME.bytes);
  #framesScored = 0;
  #clipStartUs = 0;
  #toldUs = 0;

  constructor(model: Pick<Mnad, 'run' | 'newMemory' | 'window'>, vad: DetectorOptions) {
    this.#model = model;
    this.#vadFps = vad.fps;
    this.#detector = new Detector(vad);
    this.#window = new CameraWindow(model.window, model.newMemory());
  }

  /** Runs of the model so far. */
  get framesScored(): number {
    return this.#framesScored;
  }

  get threshold(): number {
    return this.#detector.options.threshold;
  }

  /**
   * Plays a clip to its end; one at a time. `fps` is the rate that its labels are made for. Throws `config.invalid`
   * when labels and file do not fit, and what {@link framesOf} throws.
   */
  async play(clip: LabelledClip, fps: number): Promise<PlayedClip> {
    const played: PlayedClip = {
      clip,
      frameUs: [],
      scores: [],
      events: [],
      warm: this.#detector.warmup === 1,
    };
    const sampler = new FrameSampler(this.#vadFps);
    for (const { atUs, picture } of framesOf(clip.file)) {
      played.frameUs.push(atUs);
      if (!sampler.take(atUs)) continue;
      picture.toGray(this.#pixels, VAD_FRAME.width, VAD_FRAME.height);
      await this.#score(atUs, played);
    }
    this.#note(this.#detector.interrupt(), played);
    checkFit(played, fps);
    this.#clipStartUs += (played.frameUs.at(-1) ?? 0) + BETWEEN_CLIPS_US;
    return played;
  }

  async #score(atUs: number, played: PlayedClip): Promise<void> {
    const ptsUs = this.#clipStartUs + atUs;
    if (!this.#window.push(this.#pixels, ptsUs)) return;
    const { frames, memory } = this.#window;
    const [peak = NaN] = await this.#model.run([{ window: frames, memory }]);
    this.#framesScored += 1;
    const observed = { camera: 'evaluated', ptsUs, wallTime: ptsUs / US_PER_S, peak };
    const change = this.#detector.observe(observed);
    const { latest } = this.#detector;
    if (latest?.ptsUs === ptsUs) played.scores.push({ atUs, anomalyScore: latest.anomalyScore });
    this.#note(change, played);
  }

  #note(change: EpisodeChange | null, played: PlayedClip): void {
    if (change === null) return;
    const { start, last, peak } = change.episode;
    if (change.type === 'opened') this.#toldUs = last.ptsUs;
    if (change.type !== 'ended') return;
    played.events.push({
      startUs: start.ptsUs - this.#clipStartUs,
      endUs: last.ptsUs - this.#clipStartUs,
      peakUs: peak.ptsUs - this.#clipStartUs,
      topScore: peak.anomalyScore,
      toldUs: this.#toldUs - this.#clipStartUs,
    });
  }
}

/** A frame too few, or another rate, would set labels against the wrong frames without a word. */
function checkFit({ clip, frameUs }: PlayedClip, fps: number): void {
  const frames = frameUs.length;
  if (frames !== clip.labels.length) {
    throw misfit(clip, `${frames} frames can be decoded but there are ${clip.labels.length} labels`);
  }
  const ownFps = ((frames - 1) * US_PER_S) / (frameUs.at(-1) ?? 0);
  if (frames > 1 && Math.abs(ownFps / fps - 1) > FPS_TOLERANCE) {
    throw misfit(clip, `it plays at ${ownFps.toFixed(2)} FPS but the labels are for ${fps}`);
  }
}

function misfit({ id, file }: LabelledClip, problem: string): AppError {
  const message = `clip ${id}: ${problem}; correct labels.json or encode ${file} anew`;
  return new AppError('config.invalid', message, { clip: id, file });
}
