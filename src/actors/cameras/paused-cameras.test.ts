import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors.js';
import { PausedCameras } from './paused-cameras.js';

function setUp(store = new Map<string, unknown>()) {
  const failures: string[] = [];
  const disk = { broken: false };
  const paused = new PausedCameras({
    loadState: (key) => Promise.resolve(store.get(key) ?? null),
    saveState(key, value) {
      if (disk.broken) return Promise.reject(new AppError('store.write_failed', 'disk full'));
      store.set(key, JSON.parse(JSON.stringify(value)));
      return Promise.resolve();
    },
    onFailure: (error) => failures.push(error.code),
  });
  return { paused, store, disk, failures };
}

describe('the cameras that are paused', () => {
  it('are known again after a restart', async () => {
    const { paused, store } = setUp();
    await paused.load();
    await paused.set('gate', true);
    await paused.set('yard', true);
    await paused.set('yard', false);
    const later = setUp(store).paused;
    await later.load();
    expect([later.has('gate'), later.has('yard')]).toEqual([true, false]);
  });

  it('are those that the disk took', async () => {
    const { paused, disk } = setUp();
    disk.broken = true;
    await expect(paused.set('gate', true)).rejects.toMatchObject({ code: 'store.write_failed' });
    expect(paused.has('gate')).toBe(false);
  });

  it('are none when what is stored is damaged, and this is told', async () => {
    const { paused, failures } = setUp(new Map([['cameras:paused', 'gate']]));
    await paused.load();
    expect(paused.has('gate')).toBe(false);
    expect(failures).toHaveLength(1);
  });
});
