import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultDecode } from '../../src/camera/decode-config.js';
import { Camera } from '../../src/actors/cameras/camera.js';
import { Clips } from '../../src/actors/events/clips.js';
import { Recorder, type Recorded } from '../../src/actors/events/recorder.js';
import type { Child } from '../../src/actors/kernel/supervisor.js';
import { systemClock } from '../../src/clock.js';
import type { AnomalyEvent } from '../../src/event.js';
import { workerEntry } from '../../src/paths.js';
import type { Episode } from '../../src/scoring/episode.js';
import { makeClip } from '../support/make-clip.js';
import { probeClip } from '../support/probe-clip.js';
import { eventually, temporaryDir } from '../support/product.js';

const settings = { enabled: true, pre_s: 1, post_s: 1, max_s: 60, max_mb: 100, retention_days: 1 };
/** From 1.5 s to 2 s of the camera's stream. */
const episode = ((): Episode => {
  const at = (ptsUs: number) => ({ camera: 'gate', ptsUs, wallTime: 1_000, anomalyScore: 0.9 });
  return { start: at(1.5e6), last: at(2e6), peak: at(1.5e6) };
})();

let dataDir: string;
let camera: Camera;
let thread: Child;
let recorder: Recorder;
let recording: Child;
let told: (Recorded & { event: AnomalyEvent })[];

beforeEach(async () => {
  dataDir = temporaryDir('clip-of-event');
  const source = path.join(dataDir, 'source.mp4');
  makeClip(source, { seconds: 3, fps: 10, gop: 10 });
  camera = new Camera({
    decode: defaultDecode,
    settings: {
      id: 'gate',
      name: 'Gate',
      url: source,
      transport: 'tcp',
      vad: { model: 'mnad', fps: 5, threshold: 'auto', alarms_per_day: 1, warmup_s: 20 },
      live: { fps: 5, width: 640, quality: 75 },
      zones: {},
      masks: [],
      schedule: [],
    },
    once: false,
    entry: workerEntry('camera'),
    clock: systemClock,
    random: () => 0,
    attachGpu: (_id, port) => {
      port.close();
    },
    onLive: () => undefined,
    onHealth: () => undefined,
    onConnection: () => undefined,
  });
  const clips = new Clips({
    dataDir,
    settings: () => settings,
    clock: systemClock,
    keptIds: () => Promise.resolve(new Set()),
    idsWithClip: () => Promise.resolve(new Set()),
    onRemoved: () => Promise.resolve(),
    onFailure: (error) => {
      throw error;
    },
  });
  await clips.open();
  told = [];
  recorder = new Recorder({
    camera: { id: 'gate', name: 'Gate', zones: {} },
    threshold: 0.5,
    models: () => [],
    saveSnapshot: () => Promise.resolve(false),
    beginClip: (eventId, startUs) => clips.begin(camera, eventId, startUs),
    endClip: (eventId, lastUs) => {
      clips.end(camera, eventId, lastUs);
    },
    append: () => Promise.resolve(),
    onCandidate: () => undefined,
    onHeld: () => undefined,
    onEnded: () => undefined,
    onDurable: (event, recorded) => told.push({ ...recorded, event }),
    onDropped: () => undefined,
  });
  thread = await camera.start();
  recording = await recorder.start();
  await eventually(
    () => Promise.resolve((camera.counters?.ringSeconds ?? 0) > 1.8 || undefined),
    'two seconds of the stream',
    10_000,
  );
});

afterEach(async () => {
  await thread.stop(8_000);
  await recording.stop(1_000);
});

/** A fault needs no assessment, so only the clip keeps its event from being finished. */
const change = (type: 'opened' | 'ended') => {
  recorder.change({ type, episode, fault: 'covered' });
};

describe('an event with a clip', () => {
  it('is told at once, ends at once, and has its clip when that is on disk', async () => {
    change('opened');
    change('ended');
    const last = await eventually(
      () => Promise.resolve(told.find(({ final }) => final)),
      'the last state',
      10_000,
    );
    expect(told.map(({ event, announce }) => [event.state, event.has_clip, announce])).toEqual([
      ['ended', false, true],
      ['ended', true, false],
    ]);
    expect(last.event.data).toMatchObject({ clip_codec: 'h264' });
    expect(readdirSync(path.join(dataDir, 'clips'))).toEqual([`${last.event.id}.mp4`]);
    const found = probeClip(path.join(dataDir, 'clips', `${last.event.id}.mp4`));
    // From the keyframe at 0 s, for 0.5 s lies in its GOP, to 3 s.
    expect(found.seconds).toBeGreaterThan(2);
    expect(found.seconds).toBeLessThan(3.5);
    expect(found.corrupt).toBe(0);
  });

  it('has what there is of it when everything is stopped in the order of a shutdown', async () => {
    change('opened');
    await eventually(() => Promise.resolve(told.length > 0 || undefined), 'the first state', 5_000);
    await thread.stop(8_000);
    change('ended');
    await recording.stop(1_000);
    const last = told.at(-1);
    expect(last).toMatchObject({ final: true, event: { state: 'ended', has_clip: true } });
    expect(readdirSync(path.join(dataDir, 'clips'))).toEqual([`${last?.event.id}.mp4`]);
  });
});
