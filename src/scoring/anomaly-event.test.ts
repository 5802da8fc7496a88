import { describe, expect, it } from 'vitest';
import { anomalyEventSchema } from '../event.js';
import { CELLS } from '../vad-model.js';
import { sampleOfPattern, toAnomalyEvent, type EventContext } from './anomaly-event.js';
import { newGrid } from './cell-grid.js';
import type { EpisodeScore } from './episode.js';
import { placeOf } from './place.js';

const context: EventContext = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  camera: { name: 'Front gate', zones: {} },
  threshold: 0.5,
  ended: true,
  pictured: null,
  models: [],
};

/** A score with its strongest cell at a column of row 3. */
function scoreAt(column: number, seconds: number, anomalyScore: number): EpisodeScore {
  const map = newGrid();
  map[3 * CELLS.columns + column] = 1;
  const sample = Float32Array.of(0.5, -2, column);
  return {
    camera: 'gate',
    ptsUs: seconds * 1e6,
    wallTime: 1_000 + seconds,
    anomalyScore,
    place: placeOf(map),
    sample,
  };
}

const half = (from: number, to: number) => ({
  points: [
    [from, 0],
    [to, 0],
    [to, 1],
    [from, 1],
  ] as [number, number][],
});

const start = scoreAt(0, 1, 0.6);
const peak = scoreAt(12, 2, 0.9);
const episode = { start, peak, last: scoreAt(20, 4, 0.6) };

describe('toAnomalyEvent', () => {
  it('says where and what it was at the peak', () => {
    const zones = { left: half(0, 0.6), middle: half(0.4, 0.6), right: half(0.6, 1) };
    const event = toAnomalyEvent(episode, {
      ...context,
      camera: { name: 'Front gate', zones },
      pictured: peak,
    });
    expect(event.data['box']).toEqual([12 / 24, 3 / 24, 1 / 24, 1 / 24]);
    expect(event.data['zones']).toEqual(['left', 'middle']);
    const pattern = Buffer.from(String(event.data['pattern']), 'base64');
    expect([0, 4, 8].map((at) => pattern.readFloatLE(at))).toEqual([0.5, -2, 12]);
    expect(event).toMatchObject({ has_snapshot: true, data: { peak_time: 1_002, last_seen: 1_004 } });
    expect(anomalyEventSchema.parse(event)).toEqual(event);
  });

  it('boxes what the stored picture shows, when the peak rose after it', () => {
    const event = toAnomalyEvent(episode, { ...context, pictured: start });
    expect(event.data['box']).toEqual([0, 3 / 24, 1 / 24, 1 / 24]);
    expect(event.top_score).toBe(0.9);
  });

  it('of scores without a place has no box, and without a zone configured names none', () => {
    expect(toAnomalyEvent(episode, context).data['zones']).toEqual([]);
    const { camera, ptsUs, wallTime, anomalyScore } = peak;
    const bare = { camera, ptsUs, wallTime, anomalyScore };
    const { data, has_snapshot } = toAnomalyEvent({ start: bare, last: bare, peak: bare }, context);
    expect(Object.keys(data)).toEqual(['peak_time', 'last_seen']);
    expect(has_snapshot).toBe(false);
  });
});

describe('the pattern of an event', () => {
  it('gives the frame sample back that it was made of', () => {
    const { data } = toAnomalyEvent(episode, context);
    expect(sampleOfPattern(data['pattern'])).toEqual([...(peak.sample ?? [])]);
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is cut off', Buffer.alloc(6).toString('base64')],
    ['holds what is no number', Buffer.from(Float32Array.of(NaN).buffer).toString('base64')],
  ])('gives none when it %s', (_what, pattern) => {
    expect(sampleOfPattern(pattern)).toBeNull();
  });
});
