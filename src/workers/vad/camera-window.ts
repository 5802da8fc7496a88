import { VAD_FRAME } from '../../frame.js';
import type { VadFrameMessage } from '../../protocol/camera-gpu.js';
import { MS_PER_S, US_PER_S } from '../../units.js';
import { WINDOW_FRAMES, type MnadItem } from './mnad.js';
import type { MotionItem } from './motion.js';

const US_PER_MS = US_PER_S / MS_PER_S;
/** A longer gap, or a step back, means a new connection: what lies before it predicts nothing. */
const LONGEST_GAP_US = US_PER_S;
/** Time between the two frames whose motion is measured, and what is accepted for it. */
const MOTION_STEP_US = { wanted: 200 * US_PER_MS, least: 80 * US_PER_MS, most: 500 * US_PER_MS };
/**
 * How far a step may be from the median step of the window, as a part of it. To sample 5 FPS from a stream of 12 gives
 * steps of 167 and 250 ms, which is how that camera always looks; a frame left out makes a step of twice the median.
 */
const UNEVEN = 0.6;

export interface MotionPair extends MotionItem {
  /** Stream time between the two, in microseconds. */
  stepUs: number;
}

/** One camera's own state beside the shared graphs: its last frames, and MNAD's memory of it. About 190 KB. */
export class CameraWindow {
  /** Written by MNAD's runs. */
  memory: Float32Array | null = null;
  /** uint8 [5, 192, 192] gray, oldest first. */
  readonly #frames = new Uint8Array(WINDOW_FRAMES * VAD_FRAME.bytes);
  /** Stream time of each frame held. */
  #timesUs: number[] = [];
  #aspect = 1;

  /** Copies a frame in as the newest; after a gap it is the only one. */
  push({ pixels, ptsUs, aspect }: Pick<VadFrameMessage, 'pixels' | 'ptsUs' | 'aspect'>): void {
    const stepUs = ptsUs - (this.#timesUs.at(-1) ?? -Infinity);
    if (stepUs > LONGEST_GAP_US || stepUs <= 0) this.#timesUs = [];
    if (this.#timesUs.length === WINDOW_FRAMES) {
      this.#frames.copyWithin(0, VAD_FRAME.bytes);
      this.#timesUs.shift();
    }
    this.#frames.set(new Uint8Array(pixels), this.#timesUs.length * VAD_FRAME.bytes);
    this.#timesUs.push(ptsUs);
    this.#aspect = aspect;
  }

  /** The newest frame and the one 200 ms before it, or the nearest to that of those accepted; null when there is none. */
  get pair(): MotionPair | null {
    const newest = this.#timesUs.length - 1;
    const steps = this.#timesUs
      .map((us, at) => ({ at, stepUs: (this.#timesUs[newest] ?? us) - us }))
      .filter(({ stepUs }) => stepUs >= MOTION_STEP_US.least && stepUs <= MOTION_STEP_US.most)
      .sort(
        (a, b) => Math.abs(a.stepUs - MOTION_STEP_US.wanted) - Math.abs(b.stepUs - MOTION_STEP_US.wanted),
      );
    const nearest = steps[0];
    if (nearest === undefined) return null;
    const { at, stepUs } = nearest;
    return { earlier: this.#frame(at), later: this.#frame(newest), aspect: this.#aspect, stepUs };
  }

  /** The whole window; null while it fills, and when its frames are not evenly spaced. */
  get clip(): MnadItem | null {
    if (this.#timesUs.length < WINDOW_FRAMES || !isEven(this.#timesUs)) return null;
    return { frames: this.#frames, state: this };
  }

  #frame(at: number): Uint8Array {
    return this.#frames.subarray(at * VAD_FRAME.bytes, (at + 1) * VAD_FRAME.bytes);
  }
}

function isEven(timesUs: readonly number[]): boolean {
  const steps = timesUs.slice(1).map((us, i) => us - (timesUs[i] ?? us));
  const sorted = steps.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2;
  return steps.every((step) => Math.abs(step - median) <= UNEVEN * median);
}
