import { describe, expect, it } from 'vitest';
import { anomalyEventSchema } from '../event.js';
import type { HealthMessage, PictureHealth } from '../protocol/camera.js';
import { US_PER_S } from '../units.js';
import { FaultEpisodes, toFaultEvent } from './picture-fault.js';

const at = (second: number, health: PictureHealth): HealthMessage => ({
  type: 'health',
  health,
  viewChanged: false,
  ptsUs: second * US_PER_S,
  wallTime: 1_000 + second,
});

const told = (episodes: FaultEpisodes, second: number, health: PictureHealth): string[] =>
  episodes.observe(at(second, health)).map(({ type, fault }) => `${fault} ${type}`);

describe('FaultEpisodes', () => {
  it('begins with the fault and ends when the view is back', () => {
    const episodes = new FaultEpisodes('gate');
    expect(told(episodes, 5, 'covered')).toEqual(['covered opened']);
    const [ended] = episodes.observe(at(65, 'good'));
    expect(ended).toMatchObject({ type: 'ended', fault: 'covered' });
    expect(ended?.episode.start).toMatchObject({ camera: 'gate', ptsUs: 5e6, anomalyScore: 1 });
    expect(ended?.episode.last.ptsUs).toBe(65e6);
    expect(told(episodes, 70, 'good')).toEqual([]);
  });

  it('lets one fault give way to another, and takes neither dark nor blurred for one', () => {
    const episodes = new FaultEpisodes('gate');
    expect(told(episodes, 5, 'dark')).toEqual([]);
    expect(told(episodes, 6, 'covered')).toEqual(['covered opened']);
    expect(told(episodes, 7, 'covered')).toEqual([]);
    expect(told(episodes, 8, 'moved')).toEqual(['covered ended', 'moved opened']);
    expect(told(episodes, 9, 'blurred')).toEqual(['moved ended']);
  });

  it('ends with the stream, though the date may have been set back meanwhile', () => {
    const episodes = new FaultEpisodes('gate');
    expect(episodes.interrupt(1_003)).toEqual([]);
    episodes.observe(at(5, 'frozen'));
    expect(episodes.interrupt(1_035)[0]?.episode.last.ptsUs).toBe(35e6);
    episodes.observe(at(40, 'frozen'));
    expect(episodes.interrupt(900)[0]?.episode.last.ptsUs).toBe(40e6);
  });
});

describe('toFaultEvent', () => {
  it('names the fault, is of high severity for a covered lens, and names no model', () => {
    const [change] = new FaultEpisodes('gate').observe(at(5, 'covered'));
    if (change === undefined) throw new Error('no fault');
    const event = toFaultEvent(change.fault, change.episode, {
      id: '018f0000-0000-7000-8000-000000000001',
      camera: { name: 'Front gate', zones: {} },
      threshold: 0.5,
      ended: false,
      pictured: change.episode.peak,
      models: [{ name: 'motion', sha256: 'abc' }],
    });
    expect(anomalyEventSchema.parse(event)).toEqual(event);
    expect(event).toMatchObject({
      camera: 'gate',
      label: 'covered',
      severity: 'high',
      state: 'new',
      start_time: 1_005,
      end_time: null,
      top_score: 1,
      threshold: 0.5,
      summary: 'Front gate: the lens is covered',
      has_snapshot: true,
      models: [],
    });
  });
});
