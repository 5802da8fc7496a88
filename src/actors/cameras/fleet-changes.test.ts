import { describe, expect, it } from 'vitest';
import {
  cameraDefaultsSchema,
  cameraSchema,
  cameraSettings,
  type CameraSettings,
} from '../../camera/camera-config.js';
import { AppError } from '../../errors.js';
import { FleetChanges, type FleetChange, type FleetChangesOptions } from './fleet-changes.js';

const defaults = cameraDefaultsSchema.parse({});

function camera(id: string, own: object = {}): CameraSettings {
  return cameraSettings({ defaults }, id, cameraSchema.parse({ url: `rtsp://10.0.0.5/${id}`, ...own }));
}

/** A fleet of settings alone, and what was asked of it in order. */
function setUp(ids: readonly string[] = ['a', 'b']) {
  const asked: string[] = [];
  const told: [FleetChange, string | null][] = [];
  const settings = new Map(ids.map((id) => [id, camera(id)]));
  const pausedIds = new Set<string>();
  const broken = new Set<string>();
  const note = (what: string): Promise<void> => {
    asked.push(what);
    if (!broken.has(what)) return Promise.resolve();
    return Promise.reject(new AppError('thread.deadline', `${what} failed`));
  };
  const memberOf = (id: string) => ({
    camera: {
      id,
      settings: settings.get(id),
      connection: { state: pausedIds.has(id) ? 'paused' : 'streaming' },
    },
  });
  const fleet = {
    get members() {
      return [...settings.keys()].map(memberOf);
    },
    get graphs() {
      return [...new Set([...settings.values()].map(({ vad }) => vad.model))];
    },
    get: (id: string) => (settings.has(id) ? memberOf(id) : undefined),
    require(id: string) {
      if (settings.has(id)) return memberOf(id);
      throw new AppError('camera.not_found', `there is no camera ${id}`);
    },
    async add(added: CameraSettings) {
      await note(`add ${added.id}`);
      settings.set(added.id, added);
    },
    start: (id: string) => note(`start ${id}`),
    startCameras: (isPaused: (id: string) => boolean) =>
      note(`start all but ${[...settings.keys()].filter(isPaused).join()}`),
    pause: (id: string) => note(`pause ${id}`),
    resume: (id: string) => note(`resume ${id}`),
    async remove(id: string) {
      await note(`remove ${id}`);
      settings.delete(id);
    },
    async change({ settings: next }: { settings: CameraSettings }) {
      await note(`change ${next.id}`);
      settings.set(next.id, next);
    },
  } as unknown as FleetChangesOptions['fleet'];
  const changes = new FleetChanges({
    fleet,
    paused: {
      has: (id) => pausedIds.has(id),
      async set(id, isPaused) {
        await note(`${isPaused ? 'keep' : 'forget'} ${id} paused`);
        if (isPaused) pausedIds.add(id);
        else pausedIds.delete(id);
      },
    },
    calibrations: {
      setBudget: (id, alarmsPerDay) => void note(`budget ${id} ${alarmsPerDay}`),
      remove: (id) => void note(`uncalibrate ${id}`),
    },
    useGraphs: (graphs) => note(`graphs ${graphs.join()}`),
    calibrate: ({ camera: { id } }) => note(`calibrate ${id}`),
    onChanged: (change, requestId) => told.push([change, requestId]),
    onCrowded: (cameras, tried) => void note(`${cameras} cameras, ${tried} tried`),
  });
  return { changes, asked, told, broken, pausedIds };
}

describe('changes of the cameras', () => {
  it('wait until those of the start run, but for the ones that were paused', async () => {
    const { changes, asked, pausedIds } = setUp();
    pausedIds.add('b');
    const removed = changes.apply([camera('a')], null);
    await changes.start();
    await removed;
    expect(asked).toEqual([
      'calibrate a',
      'calibrate b',
      'start all but b',
      'remove b',
      'uncalibrate b',
      'forget b paused',
    ]);
  });

  it('do nothing where all is as it should be', async () => {
    const { changes, asked } = setUp();
    await changes.start();
    asked.length = 0;
    await changes.apply([camera('a'), camera('b')], null);
    expect(asked).toEqual([]);
  });

  it('load the graphs of a new model before a camera is calibrated by them and started', async () => {
    const { changes, asked } = setUp();
    await changes.start();
    asked.length = 0;
    const fused = camera('c', { vad: { model: 'fused' } });
    await changes.apply([camera('a'), camera('b', { vad: { model: 'mnad' } }), fused], null);
    const graphs = 'graphs mulde,mnad,fused';
    expect(asked).toEqual(['add c', 'change b', graphs, 'calibrate b', 'calibrate c', 'start c']);
  });

  it('set a budget without learning anew', async () => {
    const { changes, asked } = setUp();
    await changes.start();
    asked.length = 0;
    await changes.apply([camera('a', { vad: { alarms_per_day: 9 } }), camera('b')], null);
    expect(asked).toEqual(['change a', 'budget a 9']);
  });

  it('that fail keep nothing else from being done, are told, and are tried again', async () => {
    const { changes, asked, broken } = setUp();
    await changes.start();
    broken.add('remove a');
    await expect(changes.apply([camera('c')], null)).rejects.toMatchObject({ message: 'remove a failed' });
    expect(asked).toContain('uncalibrate b');
    expect(asked.at(-1)).toBe('start c');
    broken.clear();
    asked.length = 0;
    await changes.apply([camera('c')], null);
    expect(asked).toEqual(['remove a', 'uncalibrate a', 'forget a paused']);
  });

  it('run one after the other', async () => {
    const { changes, asked } = setUp(['a']);
    await changes.start();
    asked.length = 0;
    await Promise.all([
      changes.apply([], null),
      changes.apply([camera('a')], null),
      changes.pause('a', null),
    ]);
    expect(asked).toEqual([
      ...['remove a', 'uncalibrate a', 'forget a paused', 'graphs '],
      ...['add a', 'graphs mulde', 'calibrate a', 'start a'],
      ...['keep a paused', 'pause a'],
    ]);
  });

  it('keep a pause before they make it, and resume only what is paused', async () => {
    const { changes, asked, broken } = setUp();
    await changes.start();
    asked.length = 0;
    await changes.resume('a', null);
    expect(asked).toEqual(['forget a paused']);
    broken.add('keep a paused');
    await expect(changes.pause('a', null)).rejects.toMatchObject({ code: 'thread.deadline' });
    expect(asked).not.toContain('pause a');
    await expect(changes.pause('none', null)).rejects.toMatchObject({ code: 'camera.not_found' });
  });

  it('that were made are told with the request that asked for them', async () => {
    const { changes, told, broken } = setUp(['a', 'b']);
    await changes.start();
    await changes.apply([camera('a', { vad: { model: 'mnad' } }), camera('c')], 'r1');
    await changes.pause('a', 'r2');
    await changes.pause('a', 'r3');
    await changes.resume('a', null);
    broken.add('remove c');
    await expect(changes.apply([camera('a', { vad: { model: 'mnad' } })], 'r4')).rejects.toThrow();
    expect(told).toEqual([
      [{ camera: 'b', change: 'removed' }, 'r1'],
      [{ camera: 'a', change: 'changed', restart: true, relearn: true }, 'r1'],
      [{ camera: 'c', change: 'added' }, 'r1'],
      [{ camera: 'a', change: 'paused' }, 'r2'],
      [{ camera: 'a', change: 'resumed' }, null],
    ]);
  });

  it('warn of more cameras than were tried together', async () => {
    const { changes, asked } = setUp(Array.from({ length: 16 }, (_, i) => `cam${i}`));
    await changes.start();
    expect(asked.at(-1)).toContain('start all');
    await changes.apply([...Array.from({ length: 16 }, (_, i) => camera(`cam${i}`)), camera('more')], null);
    expect(asked.at(-1)).toBe('17 cameras, 16 tried');
  });
});
