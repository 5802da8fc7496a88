import type { CameraSettings } from '../camera/camera-config.js';
import type { Score } from '../event.js';
import type { VadReading } from '../protocol/gpu.js';
import { energyFunction, type Calibration, type Footage } from './calibration.js';
import { newGrid, type CellGrid } from './cell-grid.js';
import {
  advanceEpisode,
  defaultEpisodeOptions,
  endEpisode,
  type EpisodeChange,
  type EpisodeOptions,
  type EpisodeScore,
  type EpisodeState,
} from './episode.js';
import { FeatureExtractor, type FrameMaps, type FrameSample } from './frame-sample.js';
import { heatFunction } from './heat.js';
import { OrdinaryFootage } from './ordinary-footage.js';
import { placeOf } from './place.js';

/** The part of a camera's `vad` settings that scoring needs. */
export type DetectorOptions = Pick<CameraSettings['vad'], 'model' | 'threshold' | 'warmup_s'>;

/** Seconds of footage at which a calibration is fitted anew, after the first at the end of the warm-up. */
const FITS_AT_S = [60, 180, 600];
/** Seconds of footage between later fits, by which a calibration follows the day and the season. */
const REFIT_S = 3_600;
/** How sharply the score bends to 0 below the ordinary energy. */
const BEND = 4;

/** One camera's way from readings to episodes: its features, its calibration, and the episode that is open. */
export class Detector {
  #options: EpisodeOptions;
  readonly #settings: DetectorOptions;
  readonly #random: () => number;
  readonly #active: CellGrid;
  #extractor: FeatureExtractor;
  #footage: OrdinaryFootage;
  #fitAtS: number;
  /** Whether whatever is seen is ordinary, even if it scores high. */
  #learnsAll = false;
  #calibration: Calibration | null = null;
  #energyOf: (sample: FrameSample) => number = () => 0;
  #heatOf: (maps: FrameMaps['maps']) => CellGrid = newGrid;
  #state: EpisodeState = { phase: 'quiet' };
  #latest: Score | null = null;

  /** `active` is 1 for cells that count and 0 for the others; `random` in [0, 1). */
  constructor(settings: DetectorOptions, active: CellGrid, random: () => number) {
    const { model, threshold, warmup_s } = settings;
    this.#options = optionsOf(threshold);
    this.#settings = settings;
    this.#random = random;
    this.#active = active;
    this.#extractor = new FeatureExtractor(model, active);
    this.#footage = new OrdinaryFootage(model, random);
    this.#fitAtS = warmup_s;
  }

  get options(): EpisodeOptions {
    return this.#options;
  }

  /** Scores count as high from here on; what is open goes on by the new threshold. */
  setThreshold(threshold: DetectorOptions['threshold']): void {
    this.#options = optionsOf(threshold);
  }

  /** The newest score; null before the first calibration. */
  get latest(): Score | null {
    return this.#latest;
  }

  /** Whether the score is quiet, rises, or is that of an episode that goes on. */
  get phase(): EpisodeState['phase'] {
    return this.#state.phase;
  }

  /** What scores are measured by; null while a new camera learns. */
  get calibration(): Calibration | null {
    return this.#calibration;
  }

  /** Seconds of footage learned, and how many the next fit waits for. */
  get learning(): { seconds: number; fitAtS: number } {
    return { seconds: this.#footage.seconds, fitAtS: this.#fitAtS };
  }

  /** Scores by another calibration from now on. Its model must be the camera's; of another it is ignored. */
  use(calibration: Calibration): void {
    if (calibration.model !== this.#settings.model) return;
    this.#calibration = calibration;
    this.#energyOf = energyFunction(calibration);
    this.#heatOf = heatFunction(calibration);
  }

  /** Takes up a calibration of earlier, and forgets the footage: the next fit waits until there is more than it had. */
  resume(calibration: Calibration): void {
    this.learnAnew(nextFitAtS(calibration.seconds));
    this.#learnsAll = false;
    this.use(calibration);
  }

  /**
   * Forgets the footage, and fits to what comes in the next `seconds`, all of which is ordinary: whoever asks for it
   * says so. The calibration stays until then.
   */
  learnAnew(seconds: number): void {
    this.#extractor = new FeatureExtractor(this.#settings.model, this.#active);
    this.#footage = new OrdinaryFootage(this.#settings.model, this.#random);
    this.#fitAtS = seconds;
    this.#learnsAll = true;
  }

  /** All footage that there is to fit a calibration to. */
  get footage(): Footage {
    return this.#footage.footage;
  }

  /** Footage to fit a calibration to, when it is time for one; each is handed out once. */
  takeFootage(): Footage | null {
    const { seconds, footage } = this.#footage;
    if (seconds < this.#fitAtS || footage.blocks.length === 0) return null;
    this.#fitAtS = nextFitAtS(seconds);
    this.#learnsAll = false;
    return footage;
  }

  /** Takes what the VAD read off a frame, in order of `ptsUs`. */
  observe(reading: VadReading): EpisodeChange | null {
    const { camera, ptsUs, wallTime } = reading;
    if (reading.disturbed) {
      this.#extractor.interrupt();
      return this.#pause(ptsUs);
    }
    const features = this.#extractor.take(reading);
    if (features === null) return null;
    const anomalyScore = this.#scoreOf(features.sample);
    const suspicious = (anomalyScore ?? 0) >= this.options.threshold || this.#state.phase === 'open';
    this.#footage.add(features.sample, ptsUs, suspicious && !this.#learnsAll);
    if (anomalyScore === null) return null;
    this.#latest = { camera, ptsUs, wallTime, anomalyScore };
    const high = anomalyScore >= this.options.threshold;
    const evidence = high ? this.#evidenceOf(features) : {};
    const step = advanceEpisode(this.#state, { ...this.#latest, ...evidence }, this.options);
    this.#state = step.state;
    return step.change;
  }

  /** Ends what is open: the stream is over or was interrupted. */
  interrupt(): EpisodeChange | null {
    this.#extractor.interrupt();
    return this.#end();
  }

  /** Ends what is open, and what rises, while frames go on: nobody wants to know at this hour. */
  rest(): EpisodeChange | null {
    return this.#end();
  }

  #evidenceOf({ sample, maps }: FrameMaps): Pick<EpisodeScore, 'place' | 'sample'> {
    return { place: placeOf(this.#heatOf(maps)), sample };
  }

  /** What rises does not go on after a disturbance; what is open ends when it was silent for long enough. */
  #pause(ptsUs: number): EpisodeChange | null {
    if (this.#state.phase === 'open' && ptsUs - this.#state.episode.last.ptsUs < this.options.hangoverUs)
      return null;
    return this.#end();
  }

  #end(): EpisodeChange | null {
    const step = endEpisode(this.#state);
    this.#state = step.state;
    return step.change;
  }

  /**
   * In [0, 1): 0.5 at the threshold of the false-alarm budget, near 0 for what is ordinary, 0.9 twice as far from it
   * as the threshold; it never quite saturates. Null without a calibration.
   */
  #scoreOf(sample: FrameSample): number | null {
    if (this.#calibration === null) return null;
    const { threshold, median } = this.#calibration;
    const way = (this.#energyOf(sample) - median) / Math.max(1e-6, threshold.level - median);
    const bent = way > 10 ? way : Math.log1p(Math.exp(BEND * way)) / Math.log1p(Math.exp(BEND));
    return bent ** 3 / (1 + bent ** 3);
  }
}

function optionsOf(threshold: DetectorOptions['threshold']): EpisodeOptions {
  return threshold === 'auto' ? defaultEpisodeOptions : { ...defaultEpisodeOptions, threshold };
}

/** Seconds of footage that the fit after one to `seconds` waits for. */
function nextFitAtS(seconds: number): number {
  return FITS_AT_S.find((at) => at > seconds) ?? seconds + REFIT_S;
}
