import { US_PER_S } from '../units.js';
import { globalShift, LONGEST_SHIFT } from './shift.js';
import { fitLine, quantileOf, type PictureStatistics } from './statistics.js';
import { FadingQuantiles } from './fading-quantiles.js';

/**
 * What changed the whole picture as no object does; where several hold, the first: frames missing; most cells brighter
 * or darker with their pattern kept; another picture (dropout, garbage, a far pan); all edges moved; most cells
 * restless (rain, snow, noise); all textures sharper or softer at once (a keyframe).
 */
export type DisturbanceKind = 'gap' | 'light' | 'cut' | 'shift' | 'noise' | 'pulse';

/** How much of the picture must take part. An object that fills more of it counts as a change of the whole. */
const MOST_CELLS = 0.65;

/** Correlation of the cells' brightness with that before, from which it is the same picture in another light. */
const PATTERN_KEPT = 0.7;

/** Frames further apart than this many intervals: two or more are missing, and what moves seems to leap. */
const GAP_INTERVALS = 2.5;

interface Measure {
  /** What counts as a disturbance at the least. */
  readonly floor: number;
  /** A larger value is cut off here. */
  readonly largest: number;
  /** What a camera always shows is no disturbance for it: so many times the usual value are needed. */
  readonly timesUsual: number;
}

const measures = {
  /** Gray levels by which most cells changed in the same direction; 6 add 5e-4 to a squared error in [0, 1]. */
  light: { floor: 6, largest: 64, timesUsual: 4 },
  /** Gray levels by which most cells changed, each in its own direction. */
  cut: { floor: 8, largest: 64, timesUsual: 4 },
  /** Px by which most textured cells moved together. */
  shift: { floor: 1, largest: LONGEST_SHIFT * Math.SQRT2, timesUsual: 2 },
  /** Gray levels by which a pixel of most cells changed beyond its cell's mean. */
  noise: { floor: 1.5, largest: 32, timesUsual: 3 },
  /** Change of the median cell's texture, as a natural logarithm. */
  pulse: { floor: 0.15, largest: 1, timesUsual: 4 },
} satisfies Partial<Record<DisturbanceKind, Measure>>;

type MeasureName = keyof typeof measures;
const measureNames = Object.keys(measures) as MeasureName[];

/** After so much stream time a lasting change of what is usual weighs half: rain is usual after five minutes. */
const USUAL_HALF_LIFE_S = 300;

/** Tells changes of the whole picture from changes within it, for one camera. */
export class ChangeDetector {
  readonly #longestStepUs: number;
  readonly #usual: Record<MeasureName, FadingQuantiles>;

  /** `fps`: VAD frames a second. */
  constructor(fps: number) {
    this.#longestStepUs = (GAP_INTERVALS * US_PER_S) / fps;
    const fading = (): FadingQuantiles => new FadingQuantiles(fps * USUAL_HALF_LIFE_S);
    this.#usual = { light: fading(), cut: fading(), shift: fading(), noise: fading(), pulse: fading() };
  }

  /** What disturbed the picture between two frames; null when only things within it moved. */
  observe(
    frame: { pixels: Uint8Array; statistics: PictureStatistics; ptsUs: number },
    before: { pixels: Uint8Array; statistics: PictureStatistics; ptsUs: number },
  ): DisturbanceKind | null {
    if (frame.ptsUs - before.ptsUs > this.#longestStepUs) return 'gap';
    const values = {
      ...changeOf(frame.statistics, before.statistics),
      shift: globalShift(frame.pixels, frame.statistics, before.pixels, before.statistics),
    };
    // Not `find`: every measure must learn what is usual, whichever names the change.
    return measureNames.filter((name) => this.#isUnusual(name, values[name]))[0] ?? null;
  }

  #isUnusual(name: MeasureName, value: number): boolean {
    const { floor, largest, timesUsual } = measures[name];
    const usual = this.#usual[name];
    const median = usual.quantile(0.5) * largest;
    usual.add(value / largest);
    return value >= floor && !(value < timesUsual * median);
  }
}

/** The measures that follow from the cells alone. */
function changeOf(
  { mean, texture, change }: PictureStatistics,
  before: PictureStatistics,
): Record<Exclude<MeasureName, 'shift'>, number> {
  const rise = new Float32Array(mean.length);
  const step = new Float32Array(mean.length);
  const unrest = new Float32Array(mean.length);
  const sharpening = new Float32Array(mean.length);
  for (let cell = 0; cell < mean.length; cell += 1) {
    const risen = (mean[cell] ?? 0) - (before.mean[cell] ?? 0);
    rise[cell] = risen;
    step[cell] = Math.abs(risen);
    unrest[cell] = (change[cell] ?? 0) - Math.abs(risen);
    sharpening[cell] = Math.abs(Math.log(((texture[cell] ?? 0) + 1) / ((before.texture[cell] ?? 0) + 1)));
  }
  const together = Math.max(quantileOf(rise, 1 - MOST_CELLS), -quantileOf(rise, MOST_CELLS));
  return {
    light: fitLine(before.mean, mean).correlation >= PATTERN_KEPT ? together : 0,
    cut: quantileOf(step, 1 - MOST_CELLS),
    noise: quantileOf(unrest, 1 - MOST_CELLS),
    pulse: quantileOf(sharpening, 0.5),
  };
}
