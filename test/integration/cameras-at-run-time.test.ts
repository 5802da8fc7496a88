import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultDecode } from '../../src/camera/decode-config.js';
import { CameraDesk } from '../../src/actors/cameras/camera-desk.js';
import { CameraTrials } from '../../src/actors/cameras/camera-trial.js';
import { Fleet } from '../../src/actors/cameras/fleet.js';
import { FleetChanges } from '../../src/actors/cameras/fleet-changes.js';
import { Gpu } from '../../src/actors/gpu.js';
import { threadRestartPolicy } from '../../src/actors/kernel/restart-policy.js';
import { Supervisor } from '../../src/actors/kernel/supervisor.js';
import { cameraDefaultsSchema, cameraSchema, cameraSettings } from '../../src/camera/camera-config.js';
import type { CameraSettings } from '../../src/camera/camera-config.js';
import { wantedCameras } from '../../src/camera/camera-plan.js';
import { systemClock } from '../../src/clock.js';
import { loadSource } from '../../src/config/file.js';
import { FileSettings } from '../../src/config/file-settings.js';
import { packagePath, workerEntry } from '../../src/paths.js';
import type { VadReading } from '../../src/protocol/gpu.js';
import { temporaryDir } from '../support/product.js';

const defaults = cameraDefaultsSchema.parse({});
const clip = (name: string): string => packagePath(`src/demo/clips/${name}.mp4`);

let supervisor: Supervisor;
let fleet: Fleet;
let gpu: Gpu;
let changes: FleetChanges;
let readings: VadReading[];
/** Live frames, in order of arrival. */
let frames: { camera: string; index: number; sequence: number; atMs: number }[];
let states: string[];
let removed: string[];
let calibrated: string[];
let pausedIds: Set<string>;
let hasEnded: boolean;
let watchers: (() => void)[];

function camera(id: string, own: object = {}): CameraSettings {
  return cameraSettings({ defaults }, id, cameraSchema.parse({ url: clip('gate'), ...own }));
}

function changed(): void {
  for (const watch of [...watchers]) watch();
}

function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watch = (): void => {
      if (!holds()) return;
      watchers = watchers.filter((other) => other !== watch);
      resolve();
    };
    watchers.push(watch);
    watch();
  });
}

/** Resolves once a camera has been read so many more times. */
function untilRead(id: string, times: number): Promise<void> {
  const goal = readingsOf(id).length + times;
  return until(() => readingsOf(id).length >= goal);
}

const readingsOf = (id: string): VadReading[] => readings.filter((reading) => reading.camera === id);
const framesOf = (id: string) => frames.filter((frame) => frame.camera === id);

beforeEach(async () => {
  [readings, frames, states, removed, calibrated, watchers] = [[], [], [], [], [], []];
  pausedIds = new Set();
  hasEnded = false;
  supervisor = new Supervisor({
    clock: systemClock,
    random: Math.random,
    onEvent: (event) => {
      fleet.supervised(event);
    },
  });
  gpu = new Gpu({
    modelsDir: packagePath('models'),
    device: 'cpu',
    clock: systemClock,
    onReadings: (run) => {
      readings.push(...run.readings);
      fleet.read(run.readings);
      changed();
    },
    onStarted: () => {
      fleet.connectGpu();
    },
    onFailure: (error) => {
      throw error;
    },
  });
  fleet = new Fleet({
    decode: defaultDecode,
    supervisor,
    clock: systemClock,
    random: Math.random,
    once: false,
    attachGpu: (id, model, port) => {
      gpu.attach(id, model, port);
    },
    detachGpu: (id) => {
      gpu.detach(id);
    },
    recording: () => ({
      models: () => [],
      saveSnapshot: () => Promise.resolve(false),
      beginClip: () => null,
      endClip: () => undefined,
      append: () => Promise.resolve(),
      onCandidate: () => undefined,
      onHeld: () => undefined,
      onEnded: () => undefined,
      onDurable: () => undefined,
    }),
    onObserved: () => undefined,
    onLive: ({ index, camera: { id } }, { sequence }) => {
      frames.push({ camera: id, index, sequence, atMs: performance.now() });
    },
    onConnection: ({ id, connection }) => {
      states.push(`${id} ${connection.state}`);
      changed();
    },
    onRemoved: (id) => removed.push(id),
    onAllEnded: () => {
      hasEnded = true;
    },
  });
  changes = new FleetChanges({
    fleet,
    paused: {
      has: (id) => pausedIds.has(id),
      set(id, isPaused) {
        if (isPaused) pausedIds.add(id);
        else pausedIds.delete(id);
        return Promise.resolve();
      },
    },
    calibrations: { setBudget: () => undefined, remove: () => undefined },
    useGraphs: (graphs) => gpu.useGraphs(graphs),
    calibrate: ({ camera: { id } }) => {
      calibrated.push(id);
      return Promise.resolve();
    },
    onChanged: () => undefined,
    onCrowded: () => undefined,
  });
  for (const id of ['steady', 'other']) await fleet.add(camera(id));
  await gpu.useGraphs(fleet.graphs);
  const policy = threadRestartPolicy;
  const spec = { id: 'gpu', stage: 'gpu', start: () => gpu.start(), policy, shutdownMs: 8_000 };
  supervisor.reserve('recorders');
  await supervisor.add({ ...spec, onGiveUp: 'escalate' });
  await changes.start();
  for (const { camera: running } of fleet.members) running.setLive({ fps: 5, width: 320, quality: 50 });
  await untilRead('steady', 5);
});

afterEach(async () => {
  // Cameras that are stopped on request have not ended.
  expect(hasEnded).toBe(false);
  expect(await supervisor.stop()).toEqual([]);
});

/** Nothing that happened touched this camera: its stream, its frames, its index. */
function expectUndisturbed(id: string): void {
  expect(states.filter((state) => state.startsWith(`${id} `))).toEqual([`${id} streaming`]);
  const sequences = framesOf(id).map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.map((_, i) => i));
  expect(new Set(framesOf(id).map(({ index }) => index)).size).toBe(1);
  const steps = readingsOf(id).map(({ ptsUs }, i, all) => ptsUs - (all[i - 1]?.ptsUs ?? ptsUs));
  // One frame in 200 ms; a gap would be a step twice as long.
  expect(Math.max(...steps)).toBeLessThan(300_000);
}

describe('cameras that are changed while others run', { timeout: 60_000 }, () => {
  it('come and go without a gap in the others, and no index is given twice', async () => {
    await changes.apply([camera('steady'), camera('other'), camera('new', { url: clip('yard') })], null);
    await untilRead('new', 5);
    expect(fleet.require('new').index).toBe(2);
    await changes.apply([camera('steady'), camera('other')], null);
    expect(fleet.get('new')).toBeUndefined();
    expect(removed).toEqual(['new']);
    expect(supervisor.state('camera:new')).toBeUndefined();
    expect(supervisor.state('recorder:new:2')).toBeUndefined();
    await changes.apply([camera('steady'), camera('other'), camera('new', { url: clip('yard') })], null);
    await untilRead('new', 5);
    expect(fleet.require('new').index).toBe(3);
    expectUndisturbed('steady');
    expectUndisturbed('other');
  });

  it('are restarted alone for another stream, with the same index and sequence', async () => {
    const before = framesOf('other').length;
    await changes.apply([camera('steady'), camera('other', { url: clip('lane') })], null);
    await untilRead('other', 10);
    const sequences = framesOf('other').map(({ sequence }) => sequence);
    expect(sequences.length).toBeGreaterThan(before);
    expect(sequences).toEqual(sequences.map((_, i) => i));
    expect(new Set(framesOf('other').map(({ index }) => index)).size).toBe(1);
    expect(states).toContain('other stopped');
    expect(calibrated).toEqual(['steady', 'other', 'other']);
    expectUndisturbed('steady');
  });

  it('get another model, whose graph is loaded for them and let go of after them', async () => {
    expect(gpu.models.map(({ name }) => name)).toEqual(['motion']);
    await changes.apply([camera('steady'), camera('other', { vad: { model: 'mnad' } })], null);
    expect(gpu.models.map(({ name }) => name).sort()).toEqual(['mnad', 'motion']);
    await until(() => readingsOf('other').some(({ error }) => error !== null));
    await changes.apply([camera('steady')], null);
    expect(gpu.models.map(({ name }) => name)).toEqual(['motion']);
    await untilRead('steady', 5);
    expectUndisturbed('steady');
  });

  it('take name, threshold, zones and hours without opening their stream anew', async () => {
    const door = {
      points: [
        [0, 0],
        [0.5, 0],
        [0.5, 1],
        [0, 1],
      ],
    };
    const own = { name: 'Door', vad: { threshold: 0.7 }, schedule: [{ from: '00:00', to: '12:00' }] };
    await changes.apply([camera('steady'), camera('other', { ...own, zones: { door } })], null);
    await untilRead('other', 10);
    const { camera: other, detector } = fleet.require('other');
    expect([other.settings.name, detector.options.threshold]).toEqual(['Door', 0.7]);
    expect(Object.keys(other.settings.zones)).toEqual(['door']);
    expect(calibrated).toEqual(['steady', 'other', 'other']);
    expectUndisturbed('other');
    expectUndisturbed('steady');
  });

  it('pause and go on: nothing is decoded meanwhile, whatever else is changed of them', async () => {
    await changes.pause('other', null);
    expect(fleet.require('other').camera.connection).toMatchObject({ state: 'paused', lastError: null });
    expect(supervisor.state('camera:other')).toBeUndefined();
    expect([...pausedIds]).toEqual(['other']);
    const seen = [readingsOf('other').length, framesOf('other').length];
    await changes.apply([camera('steady'), camera('other', { url: clip('lane') })], null);
    await untilRead('steady', 10);
    expect([readingsOf('other').length, framesOf('other').length]).toEqual(seen);
    expect(fleet.require('other').camera.connection.state).toBe('paused');
    await changes.resume('other', null);
    await untilRead('other', 5);
    expect(fleet.require('other').camera.settings.url).toBe(clip('lane'));
    expectUndisturbed('steady');
  });

  it('are added, changed and removed through the configuration file, which keeps what people wrote', async () => {
    const file = path.join(temporaryDir('cameras'), 'nunchi.yaml');
    writeFileSync(
      file,
      `media_dir: ${path.dirname(clip('gate'))}
cameras:
  steady: { url: ${clip('gate')} } # by the door
  other: { url: "${clip('{NUNCHI_CLIP}')}" }
`,
    );
    const environment = { NUNCHI_CLIP: 'gate' };
    const source = {
      file,
      isOwn: false,
      base: '/',
      overrides: [],
      environment,
      fixedCameras: new Map<string, string>(),
    };
    const fileRules = () => ({ base: '/', mediaDir: settings.config.media_dir });
    const settings = new FileSettings({
      loaded: loadSource(source),
      clock: systemClock,
      onChanged: () => undefined,
      onFailure: (error) => {
        throw error;
      },
    });
    settings.subscribe((next, _previous, requestId) =>
      changes.apply(wantedCameras(next, fileRules(), []), requestId),
    );
    const trials = new CameraTrials({
      decode: defaultDecode,
      clock: systemClock,
      entry: workerEntry('camera'),
    });
    const desk = new CameraDesk({ settings, fleet, changes, trials, originOf: () => null, fileRules });
    await desk.add('3', { url: clip('yard'), transport: 'tcp', vad: {}, live: {} }, 'r1');
    await untilRead('3', 3);
    await desk.change('other', { name: 'Back door', vad: { threshold: 0.7 } }, 'r1');
    expect(fleet.require('other').camera.settings).toMatchObject({ name: 'Back door', url: clip('gate') });
    await desk.change('other', { name: null }, 'r1');
    expect(fleet.require('other').camera.settings).toMatchObject({ name: 'other', vad: { threshold: 0.7 } });
    await expect(desk.change('other', { vad: { fps: 99 } }, 'r1')).rejects.toMatchObject({
      code: 'config.invalid',
    });
    await desk.remove('3', 'r1');
    expect(fleet.members.map(({ camera: { id } }) => id)).toEqual(['steady', 'other']);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('# by the door');
    expect(text).toContain('{NUNCHI_CLIP}');
    expect(text).not.toContain('yard');
    await untilRead('other', 5);
    expectUndisturbed('other');
    expectUndisturbed('steady');
  });

  it('can be removed while they wait for a stream that does not come', async () => {
    const dead = camera('dead', { url: 'rtsp://127.0.0.1:9/none' });
    await changes.apply([camera('steady'), camera('other'), dead], null);
    await until(() => states.includes('dead backing_off'));
    await changes.apply([camera('steady'), camera('other')], null);
    expect(fleet.get('dead')).toBeUndefined();
    expectUndisturbed('steady');
  });
});
