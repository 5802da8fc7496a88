import type { Place, Score } from '../event.js';
import type { FrameSample } from './frame-sample.js';

/** When a run of high scores is one event. Times in microseconds of stream time. */
export interface EpisodeOptions {
  /** Score that begins an episode, in [0, 1]. */
  threshold: number;
  /** Hysteresis: the episode goes on while scores reach this share of the threshold. */
  lowRatio: number;
  /** Scores must reach the threshold for this long, without a gap, before an episode counts. */
  minDurationUs: number;
  /** An episode ends after this long without a score that keeps it up. */
  hangoverUs: number;
  /** A longer episode is cut, so that a scene that changed for good does not stay one event for ever. */
  maxDurationUs: number;
}

export const defaultEpisodeOptions: EpisodeOptions = {
  threshold: 0.5,
  lowRatio: 0.3,
  minDurationUs: 150_000,
  hangoverUs: 2_000_000,
  maxDurationUs: 120_000_000,
};

/** A score of an episode, with where and what it was, if that is known. */
export interface EpisodeScore extends Score {
  place?: Place;
  sample?: FrameSample;
}

export interface Episode {
  /** First score of the episode. */
  start: EpisodeScore;
  /** Last score that kept it up. */
  last: EpisodeScore;
  /** The highest score: the frame of the peak. */
  peak: EpisodeScore;
}

export type EpisodeState =
  { phase: 'quiet' } | { phase: 'rising'; episode: Episode } | { phase: 'open'; episode: Episode };

/** What a score did, if there is something to tell: an episode began, its peak rose, it is high still, or it ended. */
export type EpisodeChange = { type: 'opened' | 'peaked' | 'held' | 'ended'; episode: Episode };

export interface EpisodeStep {
  state: EpisodeState;
  change: EpisodeChange | null;
}

const quiet: EpisodeStep = { state: { phase: 'quiet' }, change: null };

/** Advances a camera's episode by one score; pure. Scores come in order of `ptsUs`. */
export function advanceEpisode(
  state: EpisodeState,
  score: EpisodeScore,
  options: EpisodeOptions,
): EpisodeStep {
  const high = score.anomalyScore >= options.threshold;
  const up = score.anomalyScore >= options.threshold * options.lowRatio;
  switch (state.phase) {
    case 'quiet':
      if (!high) return quiet;
      return {
        state: { phase: 'rising', episode: { start: score, last: score, peak: score } },
        change: null,
      };
    case 'rising': {
      if (!high) return quiet;
      const episode = extend(state.episode, score);
      if (score.ptsUs - episode.start.ptsUs < options.minDurationUs) {
        return { state: { phase: 'rising', episode }, change: null };
      }
      return { state: { phase: 'open', episode }, change: { type: 'opened', episode } };
    }
    case 'open': {
      const silentUs = score.ptsUs - state.episode.last.ptsUs;
      const tooLong = score.ptsUs - state.episode.start.ptsUs >= options.maxDurationUs;
      if (tooLong || (!up && silentUs >= options.hangoverUs)) return endEpisode(state);
      if (!up) return { state, change: null };
      const episode = extend(state.episode, score);
      const type = episode.peak === score ? 'peaked' : high ? 'held' : null;
      return { state: { phase: 'open', episode }, change: type && { type, episode } };
    }
    default:
      return state satisfies never;
  }
}

/** Ends what is open, for a camera whose stream is over. */
export function endEpisode(state: EpisodeState): EpisodeStep {
  if (state.phase !== 'open') return quiet;
  return { state: { phase: 'quiet' }, change: { type: 'ended', episode: state.episode } };
}

function extend(episode: Episode, score: EpisodeScore): Episode {
  const peak = score.anomalyScore > episode.peak.anomalyScore ? score : episode.peak;
  return { start: episode.start, last: score, peak };
}
