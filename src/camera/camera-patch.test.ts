import { describe, expect, it } from 'vitest';
import { cameraSchema } from './camera-config.js';
import { cameraPatchSchema, newCameraSchema } from './camera-input.js';
import { additionOf, changesOf } from './camera-patch.js';

const stored = cameraSchema.parse({ url: 'rtsp://me:secret@10.0.0.5/s1', name: 'Gate' });
const shown = 'rtsp://***@10.0.0.5/s1';
const corner = {
  points: [
    [0, 0],
    [0.5, 0],
    [0, 0.5],
  ],
};

function changes(patch: object) {
  return changesOf('gate', cameraPatchSchema.parse(patch), { stored, shown });
}

describe('a patch of a camera', () => {
  it('touches only what it names, setting by setting, and null removes', () => {
    expect(
      changes({ name: null, vad: { fps: 2, model: null }, live: {}, zones: { door: corner, old: null } }),
    ).toEqual([
      { path: ['cameras', 'gate', 'name'], value: undefined },
      { path: ['cameras', 'gate', 'vad', 'model'], value: undefined },
      { path: ['cameras', 'gate', 'vad', 'fps'], value: 2 },
      { path: ['cameras', 'gate', 'zones', 'door', 'points'], value: corner.points },
      { path: ['cameras', 'gate', 'zones', 'old'], value: undefined },
    ]);
  });

  it('replaces lists whole, and removes a whole group', () => {
    expect(changes({ masks: [corner], vad: null })).toEqual([
      { path: ['cameras', 'gate', 'vad'], value: undefined },
      { path: ['cameras', 'gate', 'masks'], value: [corner] },
    ]);
  });

  it('keeps the stored URL when it comes back as it was shown', () => {
    expect(changes({ url: shown })).toEqual([]);
    expect(changes({ url: 'rtsp://you:other@10.0.0.5/s1' })).toEqual([
      { path: ['cameras', 'gate', 'url'], value: 'rtsp://you:other@10.0.0.5/s1' },
    ]);
  });

  it.each(['rtsp://***@10.0.0.6/s1', 'rtsp://10.0.0.5/s2?password=***', 'rtsp://10.0.0.5/s2?token=***&x=1'])(
    'refuses %s, whose password nobody knows',
    (url) => {
      expect(() => changes({ url })).toThrow(
        expect.objectContaining({ code: 'camera.url_refused' }) as Error,
      );
    },
  );

  it.each([
    [{ url: null }, 'url'],
    [{ fps: 5 }, 'Unrecognized key'],
    [{ vad: { fps: 100 } }, 'fps'],
    [{ zones: { door: { points: [[0, 0]] } } }, 'points'],
    [{ schedule: [] }, 'schedule'],
  ])('%j is refused', (patch, named) => {
    expect(cameraPatchSchema.safeParse(patch).error?.message).toContain(named);
  });
});

describe('a new camera', () => {
  it('is written as short as it was sent', () => {
    const { id, ...camera } = newCameraSchema.parse({ id: 'gate', url: 'a.mp4', vad: { fps: 2 } });
    expect(additionOf(id, camera)).toEqual({
      path: ['cameras', 'gate'],
      value: { url: 'a.mp4', vad: { fps: 2 } },
    });
    const { id: other, ...udp } = newCameraSchema.parse({
      id: '1',
      url: 'b.mp4',
      transport: 'udp',
      masks: [corner],
    });
    expect(additionOf(other, udp)).toEqual({
      path: ['cameras', '1'],
      value: { url: 'b.mp4', masks: [corner], transport: 'udp' },
    });
  });

  it.each([
    { id: 'a/b', url: 'a.mp4' },
    { id: '__proto__', url: 'a.mp4' },
    { id: 'a' },
    { id: 'a', url: '' },
    { id: 'a', url: 'a.mp4', password: 'x' },
    {
      id: 'a',
      url: 'a.mp4',
      masks: [
        {
          points: [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 1],
          ],
        },
      ],
    },
  ])('%j is refused', (camera) => {
    expect(newCameraSchema.safeParse(camera).success).toBe(false);
  });
});
