import { ownCpuMs } from '../cpu-time.js';
import { AppError } from '../errors.js';
import { VAD_FRAME } from '../frame.js';
import { Detector } from '../scoring/detector.js';
import type { EpisodeChange } from '../scoring/episode.js';
import { US_PER_S } from '../units.js';
import { CameraWindow } from '../workers/vad/camera-window.js';
import { FrameSampler } from '../workers/stream/frame-sampler.js';
import { fitCalibration, type Footage } from '../scoring/calibration.js';
import { newGrid } from '../scoring/cell-grid.js';
import { graphInput, type VadGraphs } from '../workers/vad/vad-graphs.js';
import { graphsOf } from '../vad-model.js';
import type { CameraSettings } from '../camera/camera-config.js';
import { seededRandom } from '../random.js';
import type { DecodedFrame } from '../workers/decode/decoder.js';
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
  readonly #graphs: Pick<VadGraphs, 'read'>;
  readonly #vad: CameraSettings['vad'];
  readonly #detector: Detector;
  readonly #window = new CameraWindow();
  readonly #pixels = new ArrayBuffer(VAD_FRAME.bytes);
  #learning = false;
  #framesScored = 0;
  #fitCpuMs = 0;
  #clipStartUs = 0;
  #toldUs = 0;

  constructor(graphs: Pick<VadGraphs, 'read'>, vad: CameraSettings['vad']) {
    this.#graphs = graphs;
    this.#vad = vad;
    this.#detector = new Detector(vad, newGrid().fill(1), seededRandom(1));
  }

  /** Frames that the model has read so far. */
  get framesScored(): number {
    return this.#framesScored;
  }

  /** CPU time of all threads while calibrations were fitted: it is spent once, not for each frame. */
  get fitCpuMs(): number {
    return this.#fitCpuMs;
  }

  get threshold(): number {
    return this.#detector.options.threshold;
  }

  /**
   * From now on the camera learns, and fits nothing by itself until {@link calibrate}. Frames that their labels call
   * anomalous it does not see.
   */
  learn(): void {
    this.#learning = true;
    this.#detector.learnAnew(Infinity);
  }

  /** Calibrates on all that was learned, as when an operator asks for it. */
  calibrate(): void {
    this.#learning = false;
    this.#fit(this.#detector.footage);
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
      warm: this.#detector.calibration !== null,
    };
    const sampler = new FrameSampler(this.#vad.fps);
    for (const { atUs, picture } of framesOf(clip.file)) {
      played.frameUs.push(atUs);
      if (!sampler.take(atUs)) continue;
      if (this.#learning && clip.labels[played.frameUs.length - 1] === 1) continue;
      await this.#score(picture, atUs, played);
    }
    this.#note(this.#detector.interrupt(), played);
    checkFit(played, fps);
    this.#clipStartUs += (played.frameUs.at(-1) ?? 0) + BETWEEN_CLIPS_US;
    return played;
  }

  async #score(picture: DecodedFrame, atUs: number, played: PlayedClip): Promise<void> {
    const ptsUs = this.#clipStartUs + atUs;
    picture.toGray(this.#pixels, VAD_FRAME.width, VAD_FRAME.height);
    this.#window.push({ pixels: this.#pixels, ptsUs, aspect: picture.height / picture.width });
    const input = graphInput(this.#window, graphsOf[this.#vad.model]);
    if (input === null) return;
    const [output] = (await this.#graphs.read([input])).outputs;
    if (output === undefined) return;
    this.#framesScored += 1;
    const frame = { camera: 'evaluated', ptsUs, wallTime: ptsUs / US_PER_S, disturbed: false, waitedMs: 0 };
    const change = this.#detector.observe({ ...frame, ...output });
    const due = this.#detector.takeFootage();
    if (due !== null) this.#fit(due);
    const { latest } = this.#detector;
    if (latest?.ptsUs === ptsUs) played.scores.push({ atUs, anomalyScore: latest.anomalyScore });
    this.#note(change, played);
  }

  #fit(footage: Footage): void {
    const beforeMs = ownCpuMs();
    this.#detector.use(fitCalibration(footage, this.#vad.alarms_per_day));
    this.#fitCpuMs += ownCpuMs() - beforeMs;
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
