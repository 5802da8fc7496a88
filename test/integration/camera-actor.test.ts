import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultDecode } from '../../src/camera/decode-config.js';
import { Camera } from '../../src/actors/cameras/camera.js';
import type { CameraState } from '../../src/actors/cameras/camera-state.js';
import { threadRestartPolicy } from '../../src/actors/kernel/restart-policy.js';
import { Supervisor, type SupervisorEvent } from '../../src/actors/kernel/supervisor.js';
import { systemClock } from '../../src/clock.js';

const poison = new URL('../support/poison.worker.mjs', import.meta.url);
/** Five deaths and out, as ever, but without the wait between them. */
const policy = { ...threadRestartPolicy, firstDelayMs: 10, maxDelayMs: 20 };

let supervisor: Supervisor;
let cameras: Map<string, Camera>;
let states: Map<string, CameraState[]>;
let watchers: (() => void)[];

beforeEach(() => {
  cameras = new Map();
  states = new Map();
  watchers = [];
  const onEvent = (event: SupervisorEvent): void => cameras.get(event.id)?.supervised(event);
  supervisor = new Supervisor({ clock: systemClock, random: () => 0, onEvent });
});

afterEach(async () => {
  await supervisor.stop();
});

async function start(id: string, url: string): Promise<Camera> {
  const camera = new Camera({
    decode: defaultDecode,
    settings: {
      id,
      name: id,
      url,
      transport: 'tcp',
      vad: { model: 'mnad', fps: 5, threshold: 'auto', alarms_per_day: 1, warmup_s: 20 },
      live: { fps: 5, width: 640, quality: 75 },
      zones: {},
      masks: [],
      schedule: [],
    },
    once: false,
    entry: poison,
    clock: systemClock,
    random: () => 0,
    attachGpu: (_id, port) => {
      port.close();
    },
    onLive: () => undefined,
    onHealth: () => undefined,
    onConnection: ({ connection }) => {
      states.set(id, [...(states.get(id) ?? []), connection.state]);
      for (const watcher of [...watchers]) watcher();
    },
  });
  cameras.set(id, camera);
  const spec = { id, stage: 'cameras', start: () => camera.start(), policy, shutdownMs: 5_000 };
  await supervisor.add({ ...spec, onGiveUp: 'quarantine' });
  return camera;
}

function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watch = (): void => {
      if (holds()) resolve();
    };
    watchers.push(watch);
    watch();
  });
}

describe('a camera whose thread dies', () => {
  it('is restarted alone, streams again, and is quarantined at the fifth death, shown with its error', async () => {
    const well = await start('well', 'fine');
    const sick = await start('sick', 'poison');
    await until(() => sick.connection.state === 'quarantined');
    const seen = states.get('sick') ?? [];
    expect(seen.filter((state) => state === 'streaming')).toHaveLength(5);
    expect(seen.filter((state) => state === 'backing_off')).toHaveLength(4);
    expect(sick.connection.lastError).toMatchObject({ code: 'thread.lost' });
    expect(sick.connection.lastError?.message).toContain('poisoned');
    expect(well.connection.state).toBe('streaming');
    expect(states.get('well')).toEqual(['streaming']);
  });

  it('has no picture to give while it is away', async () => {
    const sick = await start('sick', 'poison');
    await until(() => sick.connection.state === 'quarantined');
    await expect(sick.snapshot(null, 640)).rejects.toMatchObject({ code: 'camera.not_streaming' });
  });

  it('that is asked to stop is stopped, not failed', async () => {
    const well = await start('well', 'fine');
    await until(() => well.connection.state === 'streaming');
    expect(await supervisor.stop()).toEqual([]);
    expect(well.connection).toMatchObject({ state: 'stopped', lastError: null });
  });
});
