import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceEpisode, defaultEpisodeOptions, type EpisodeChange, type EpisodeState } from './episode.js';

const STEP_US = 200_000;

/** Runs scores at 5 FPS through the state machine. */
function run(scores: readonly number[]): EpisodeChange[] {
  let state: EpisodeState = { phase: 'quiet' };
  const changes: EpisodeChange[] = [];
  scores.forEach((anomalyScore, i) => {
    const score = { camera: 'gate', ptsUs: i * STEP_US, wallTime: 1_000 + i * 0.2, anomalyScore };
    const step = advanceEpisode(state, score, defaultEpisodeOptions);
    state = step.state;
    if (step.change !== null) changes.push(step.change);
  });
  return changes;
}

const repeat = (score: number, times: number): number[] => Array.from({ length: times }, () => score);

describe('advanceEpisode', () => {
  it('makes one event of one run of high scores, with its start, end and peak', () => {
    const changes = run([0.1, 0.6, 0.7, 0.9, 0.8, ...repeat(0.1, 20)]);
    expect(changes.map(({ type }) => type)).toEqual(['opened', 'peaked', 'held', 'ended']);
    expect(changes[3]?.episode).toMatchObject({
      start: { ptsUs: STEP_US },
      peak: { ptsUs: 3 * STEP_US, anomalyScore: 0.9 },
      last: { ptsUs: 4 * STEP_US },
    });
  });

  it('ignores a spike shorter than the minimum duration', () => {
    expect(run([0.1, 0.9, 0.4, 0.9, 0.1, 0.1, 0.9, 0.1])).toEqual([]);
  });

  it('bridges a dip shorter than the hangover, and a dip above the low threshold for ever', () => {
    const dips = [
      ...repeat(0.9, 5),
      ...repeat(0.1, 8),
      ...repeat(0.9, 5),
      ...repeat(0.4, 40),
      ...repeat(0.1, 20),
    ];
    expect(run(dips).filter(({ type }) => type !== 'held')).toHaveLength(2);
  });

  it('tells of each score that is high, and of none that only keeps the event up', () => {
    const changes = run([0.6, 0.9, 0.2, 0.8, 0.4, 0.5, ...repeat(0.1, 20)]);
    expect(changes.map(({ type, episode }) => [type, episode.last.ptsUs / STEP_US])).toEqual([
      ['opened', 1],
      ['held', 3],
      ['held', 5],
      ['ended', 5],
    ]);
  });

  it('cuts an episode that does not end', () => {
    const changes = run(repeat(0.9, 700)).map(({ type }) => type);
    expect(changes.filter((type) => type !== 'held')).toEqual(['opened', 'ended', 'opened']);
  });

  it('over any scores, every event opens before it ends, with its peak within and above the threshold', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 300 }), (scores) => {
        let open = false;
        for (const { type, episode } of run(scores)) {
          expect(open).toBe(type !== 'opened');
          open = type !== 'ended';
          expect(episode.peak.anomalyScore).toBeGreaterThanOrEqual(defaultEpisodeOptions.threshold);
          expect(episode.peak.ptsUs).toBeGreaterThanOrEqual(episode.start.ptsUs);
          expect(episode.peak.ptsUs).toBeLessThanOrEqual(episode.last.ptsUs);
        }
      }),
    );
  });
});
