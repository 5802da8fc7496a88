import type { CameraSettings } from '../config.js';
import type { Score } from '../event.js';
import {
  advanceEpisode,
  defaultEpisodeOptions,
  endEpisode,
  type EpisodeChange,
  type EpisodeOptions,
  type EpisodeState,
} from './episode.js';
import { defaultNormaliserOptions, Normaliser } from './normaliser.js';

/** The part of a camera's `vad` settings that scoring needs. */
export type DetectorOptions = Pick<CameraSettings['vad'], 'threshold' | 'fps' | 'warmup_s'>;

/** One camera's way from raw errors to episodes: its normaliser and the episode that is open, if any. */
export class Detector {
  readonly options: EpisodeOptions;
  readonly #normaliser: Normaliser;
  #state: EpisodeState = { phase: 'quiet' };
  #latest: Score | null = null;

  constructor({ threshold, fps, warmup_s }: DetectorOptions) {
    this.options = threshold === 'auto' ? defaultEpisodeOptions : { ...defaultEpisodeOptions, threshold };
    this.#normaliser = new Normaliser({
      ...defaultNormaliserOptions,
      warmupSamples: Math.ceil(fps * warmup_s),
    });
  }

  /** The newest score; null during warm-up. */
  get latest(): Score | null {
    return this.#latest;
  }

  /** In [0, 1]: how much of the warm-up is over. */
  get warmup(): number {
    return this.#normaliser.warmup;
  }

  /** Takes the VAD's raw peak error of one frame; scores come in order of `ptsUs`. */
  observe(frame: Omit<Score, 'anomalyScore'> & { peak: number }): EpisodeChange | null {
    const anomalyScore = this.#normaliser.score(frame.peak);
    if (anomalyScore === null) return null;
    const { camera, ptsUs, wallTime } = frame;
    this.#latest = { camera, ptsUs, wallTime, anomalyScore };
    const step = advanceEpisode(this.#state, this.#latest, this.options);
    this.#state = step.state;
    return step.change;
  }

  /** Ends what is open: the stream is over or was interrupted. */
  interrupt(): EpisodeChange | null {
    const step = endEpisode(this.#state);
    this.#state = step.state;
    return step.change;
  }
}
