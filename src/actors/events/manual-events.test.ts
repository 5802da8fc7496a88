import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { AppError } from '../../errors.js';
import { anomalyEventSchema, type AnomalyEvent } from '../../event.js';
import { ManualEvents, type ManualEvent } from './manual-events.js';

const NOW = 1_700_000_000;
const report: ManualEvent = { camera: 'gate', label: 'parcel', severity: 'medium', data: {} };

const clip = { codec: 'h264', seconds: 10 };

function setUp({
  streams = true,
  failure = null as AppError | null,
  made = null as Promise<typeof clip> | null,
} = {}) {
  const steps: string[] = [];
  const stored: AnomalyEvent[] = [];
  const desk = new ManualEvents({
    clock: new SimulatedClock(NOW),
    cameraOf: (id) => (id === 'gate' ? { name: 'Front gate', threshold: 0.6 } : undefined),
    savePicture(camera, eventId) {
      steps.push(`picture of ${camera}`);
      expect(anomalyEventSchema.shape.id.safeParse(eventId).success).toBe(true);
      return Promise.resolve(streams);
    },
    failure: () => failure,
    store(event) {
      steps.push('stored');
      stored.push(anomalyEventSchema.parse(event));
      return Promise.resolve();
    },
    onDurable: () => steps.push('told'),
    recordClip: () => made,
    onClip: (_id, { codec }) => Promise.resolve(steps.push(`clip in ${codec}`)),
    onFailure: ({ message }) => steps.push(message),
  });
  return { desk, steps, stored };
}

describe('a manual event', () => {
  it('has the picture of now, and is told once it is durable', async () => {
    const { desk, steps, stored } = setUp();
    const event = await desk.create({ ...report, data: { order: 7 } }, 'ops', null);
    expect(event).toMatchObject({
      camera: 'gate',
      label: 'parcel',
      severity: 'medium',
      state: 'ended',
      start_time: NOW,
      end_time: NOW,
      threshold: 0.6,
      verdict: 'unverified',
      summary: 'Front gate: parcel, reported by ops',
      has_snapshot: true,
      has_clip: false,
      data: { order: 7, source: 'manual', created_by: 'ops', peak_time: NOW },
    });
    expect(stored).toEqual([event]);
    expect(steps).toEqual(['picture of gate', 'stored', 'told']);
  });

  it('has a clip of now when that is over, and not of what is long past', async () => {
    const { desk, steps } = setUp({ made: Promise.resolve(clip) });
    expect((await desk.create(report, 'ops', null)).has_clip).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    await desk.create({ ...report, start_time: NOW - 600 }, 'ops', null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toEqual(['picture of gate', 'stored', 'told', 'clip in h264', 'stored', 'told']);
  });

  it('does without a clip that fails, and says why', async () => {
    const { desk, steps } = setUp({ made: Promise.reject(new Error('no clip')) });
    await desk.create(report, 'ops', null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps.at(-1)).toBe('no clip');
  });

  it('says when it has no picture', async () => {
    const { desk } = setUp({ streams: false });
    const event = await desk.create(report, 'ops', null);
    expect(event.has_snapshot).toBe(false);
    expect(event.data).not.toHaveProperty('peak_time');
  });

  it.each([
    [{ start_time: NOW - 31 }, false],
    [{ start_time: NOW - 30 }, true],
    [{ start_time: NOW - 600, end_time: NOW - 5 }, true],
  ])('of %j has a picture of now: %s', async (times, has) => {
    const { desk } = setUp();
    expect((await desk.create({ ...report, ...times }, 'ops', null)).has_snapshot).toBe(has);
  });

  it('sorts by its start, as others do', async () => {
    const { desk } = setUp();
    const later = await desk.create({ ...report, start_time: NOW }, 'ops', null);
    const earlier = await desk.create({ ...report, start_time: NOW - 1 }, 'ops', null);
    expect(earlier.id < later.id).toBe(true);
  });

  it.each([
    [{ start_time: NOW + 61 }, 'start_time'],
    [{ end_time: NOW + 61 }, 'end_time'],
    [{ start_time: NOW, end_time: NOW - 1 }, 'end_time'],
  ])('cannot have the times %j', async (times, field) => {
    const { desk, steps } = setUp();
    const refused = desk.create({ ...report, ...times }, 'ops', null);
    await expect(refused).rejects.toMatchObject({ code: 'request.invalid', data: { field } });
    expect(steps).toEqual([]);
  });

  it.each([
    [{ start_time: NOW + 60 }, NOW + 60, NOW + 60],
    [{ end_time: NOW - 10 }, NOW - 10, NOW - 10],
    [{ end_time: NOW + 10 }, NOW, NOW + 10],
    [{ start_time: NOW - 10 }, NOW - 10, NOW - 10],
  ])('given %j lasts from %d to %d', async (times, start, end) => {
    const { desk } = setUp();
    const event = await desk.create({ ...report, ...times }, 'ops', null);
    expect([event.start_time, event.end_time]).toEqual([start, end]);
  });

  it('is refused for a camera that there is none of, and while nothing can be stored', async () => {
    await expect(setUp().desk.create({ ...report, camera: 'none' }, 'ops', null)).rejects.toMatchObject({
      code: 'camera.not_found',
    });
    const { desk, steps } = setUp({ failure: new AppError('store.write_failed', 'the disk is full') });
    await expect(desk.create(report, 'ops', null)).rejects.toMatchObject({ code: 'store.write_failed' });
    expect(steps).toEqual([]);
  });

  it('with a key is the same again for the same person, and for nobody else', async () => {
    const { desk, stored } = setUp();
    const first = await desk.create(report, 'ops', 'k');
    expect(await desk.create(report, 'ops', 'k')).toEqual(first);
    expect(stored).toHaveLength(1);
    expect((await desk.create(report, 'guard', 'k')).id).not.toBe(first.id);
    const other = desk.create({ ...report, label: 'dog' }, 'ops', 'k');
    await expect(other).rejects.toMatchObject({ code: 'request.key_reused' });
  });
});
