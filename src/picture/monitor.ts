import { VAD_FRAME } from '../frame.js';
import type { PictureHealth } from '../protocol/camera.js';
import { US_PER_S } from '../units.js';
import { ChangeDetector, type DisturbanceKind } from './change.js';
import { HealthState, isBlind, judge } from './health.js';
import { blend, PictureReference } from './reference.js';
import { measurePicture, type PictureStatistics } from './statistics.js';
import { Stillness } from './stillness.js';

/**
 * How long after a change frames are still compared with what was before it, stream time. A keyframe's pulse is too
 * faint to matter there, and with one every second or two, the gate would seldom be open.
 */
const SETTLE_US: Readonly<Record<DisturbanceKind, number>> = {
  gap: 800_000,
  light: 800_000,
  cut: 800_000,
  shift: 800_000,
  noise: 800_000,
  pulse: 0,
};

/** After these the picture may be another one for good. */
const viewChanges: readonly DisturbanceKind[] = ['light', 'cut', 'shift'];

/** The view that health judges is an average over about a second, so that noise and what moves weigh less. */
const VIEW_S = 1;
const LOOK_INTERVAL_US = US_PER_S;
/** Looks between two states of health waver: so long after one that said blind the gate stays closed. */
const BLIND_US = 3 * US_PER_S;
/** A view that has been elsewhere for so long is the camera's new one: until then the camera detects nothing. */
const ADOPT_US = 60 * US_PER_S;

export interface PictureReport {
  /** The gate: why scores of this frame must not count, or null when they do; `health`, because that is in doubt. */
  disturbance: DisturbanceKind | 'health' | null;
  health: PictureHealth;
  /** True on the one frame from which a moved view is the camera's new one: what was learned of the old is void. */
  viewChanged: boolean;
}

interface Seen {
  pixels: Uint8Array;
  statistics: PictureStatistics;
  ptsUs: number;
}

/**
 * Watches one camera's picture as a whole: the gate that closes when all of it changes at once, and its health. About
 * 360 KiB; it looks at every VAD frame, and once a second at how the view compares with the reference.
 */
export class PictureMonitor {
  readonly #changes: ChangeDetector;
  readonly #stillness = new Stillness();
  readonly #reference = new PictureReference();
  #health = new HealthState();
  readonly #view = new Float32Array(VAD_FRAME.bytes);
  readonly #viewShare: number;
  /** Copied into anew at each frame: a buffer of its own for each would be 36 KiB of garbage. */
  readonly #pixelsBefore = new Uint8Array(VAD_FRAME.bytes);
  #before: Seen | null = null;
  #disturbance: DisturbanceKind | null = null;
  #closedUntilUs = -Infinity;
  #lastLookUs = -Infinity;
  #blindUntilUs = -Infinity;

  /** `fps`: VAD frames a second. */
  constructor(fps: number) {
    this.#changes = new ChangeDetector(fps);
    this.#viewShare = Math.min(1, 1 / (VIEW_S * fps));
  }

  /**
   * Takes the next VAD frame: uint8 [192, 192] gray, which stays the caller's; `ptsUs` is its stream time, which never
   * steps back.
   */
  observe(pixels: Uint8Array, ptsUs: number): PictureReport {
    const before = this.#before;
    const statistics = measurePicture(pixels, before?.pixels ?? pixels);
    const change = before === null ? null : this.#changes.observe({ pixels, statistics, ptsUs }, before);
    if (change !== null) this.#close(change, ptsUs);
    // What was seen before another view would linger in the average.
    if (before === null || isViewChange(change)) this.#view.set(pixels);
    else blend(this.#view, pixels, this.#viewShare);
    const stillness = before === null ? 'moving' : this.#stillness.observe(statistics, ptsUs);
    const viewChanged = this.#look(stillness === 'frozen', ptsUs);
    if (change === null && ptsUs >= this.#closedUntilUs) this.#disturbance = null;
    this.#pixelsBefore.set(pixels);
    this.#before = { pixels: this.#pixelsBefore, statistics, ptsUs };
    const health = this.#health.current;
    const inDoubt = stillness !== 'moving' || isBlind(health) || ptsUs < this.#blindUntilUs;
    return { disturbance: this.#disturbance ?? (inDoubt ? 'health' : null), health, viewChanged };
  }

  #close(change: DisturbanceKind, ptsUs: number): void {
    if (change === 'light' || change === 'cut') this.#stillness.forgetNoise();
    const untilUs = ptsUs + SETTLE_US[change];
    if (untilUs >= this.#closedUntilUs) {
      this.#disturbance = change;
      this.#closedUntilUs = untilUs;
    }
    // The next look is at a view that has settled, and before the gate opens.
    if (isViewChange(change)) this.#lastLookUs = untilUs - LOOK_INTERVAL_US;
  }

  /** Once a second: what is the view's health, and may the reference learn it? Says whether it was learned anew. */
  #look(frozen: boolean, ptsUs: number): boolean {
    if (ptsUs - this.#lastLookUs < LOOK_INTERVAL_US) return false;
    this.#lastLookUs = ptsUs;
    const match = this.#reference.compare(this.#view);
    if (match !== null) this.#health.observe(judge(match, frozen), ptsUs);
    const adopted = this.#health.current === 'moved' && this.#health.lastedUs(ptsUs) >= ADOPT_US;
    if (adopted) {
      this.#reference.forget();
      this.#health = new HealthState();
      this.#blindUntilUs = -Infinity;
    }
    const { current, suspected } = this.#health;
    if (isBlind(suspected)) this.#blindUntilUs = ptsUs + BLIND_US;
    if (current === 'good' && suspected === 'good' && this.#disturbance === null)
      this.#reference.learn(this.#view);
    return adopted;
  }
}

function isViewChange(change: DisturbanceKind | null): boolean {
  return change !== null && viewChanges.includes(change);
}
