import { existsSync, mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { AppError } from '../../errors.js';
import type { ClipRequest, RecordedClip } from '../../protocol/camera.js';
import { BYTES_PER_MIB } from '../../units.js';
import { Clips } from './clips.js';

const DAY_S = 86_400;
const settings = { enabled: true, pre_s: 5, post_s: 5, max_s: 120, max_mb: 2, retention_days: 10 };

/** A camera whose clips are over when the test says so. */
class FakeCamera {
  readonly id = 'gate';
  readonly requests: ClipRequest[] = [];
  readonly ends: unknown[][] = [];
  settle: (clip: RecordedClip | AppError) => void = () => undefined;

  recordClip = (request: ClipRequest): Promise<RecordedClip> => {
    this.requests.push(request);
    return new Promise((resolve, reject) => {
      this.settle = (clip) => {
        if (clip instanceof AppError) reject(clip);
        else resolve(clip);
      };
    });
  };

  endClip = (...args: unknown[]): Promise<void> => {
    this.ends.push(args);
    return Promise.resolve();
  };
}

let clock: SimulatedClock;
let folder: string;
let kept: Set<string>;
let withClip: Set<string>;
let removed: string[];
let failures: AppError[];
let storeFails: boolean;
let camera: FakeCamera;

beforeEach(() => {
  clock = new SimulatedClock();
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'nunchi-clips-')), 'clips');
  kept = new Set();
  withClip = new Set();
  removed = [];
  failures = [];
  storeFails = false;
  camera = new FakeCamera();
});

async function open(given: Partial<typeof settings> = {}): Promise<Clips> {
  const clips = new Clips({
    dataDir: path.dirname(folder),
    settings: () => ({ ...settings, ...given }),
    clock,
    keptIds: () => Promise.resolve(kept),
    idsWithClip: () => Promise.resolve(withClip),
    onRemoved(eventId) {
      if (storeFails) return Promise.reject(new AppError('store.write_failed', 'the disk refuses'));
      removed.push(eventId);
      return Promise.resolve();
    },
    onFailure: (error) => failures.push(error),
  });
  await clips.open();
  // The first look at the folder goes on behind it; let it end, or it meets what a test puts there.
  await new Promise(setImmediate);
  await clips.prune();
  return clips;
}

/** A stored clip of a mebibyte, made some days ago. */
function store(eventId: string, daysAgo: number): void {
  const file = path.join(folder, `${eventId}.mp4`);
  writeFileSync(file, Buffer.alloc(BYTES_PER_MIB));
  const time = clock.wallTime() - daysAgo * DAY_S;
  utimesSync(file, time, time);
}

const files = (): string[] => readdirSync(folder).sort();

describe('the clips', () => {
  it('asks the camera for what came before the event, and for its end', async () => {
    const clips = await open();
    const clip = clips.begin(camera, 'event', 7_000_000);
    expect(camera.requests).toEqual([
      { id: 'event', file: path.join(folder, 'event.mp4'), startUs: 7_000_000, preS: 5, maxS: 120 },
    ]);
    clips.end(camera, 'event', 9_000_000);
    expect(camera.ends).toEqual([['event', 9_000_000, 5]]);
    camera.settle({ codec: 'h264', seconds: 12 });
    expect(await clip).toEqual({ codec: 'h264', seconds: 12 });
    expect(clips.counters).toMatchObject({ saved: 1, failed: 0 });
  });

  it('begins none when they are switched off', async () => {
    const clips = await open({ enabled: false });
    expect(clips.begin(camera, 'event', 0)).toBeNull();
    expect(camera.requests).toEqual([]);
  });

  it('gives up a clip that is not over long after its event', async () => {
    const clips = await open();
    const clip = clips.begin(camera, 'event', 0);
    clips.end(camera, 'event', 0);
    await clock.advance(21_000);
    expect(await clip).toBeNull();
    expect(failures.map(({ code }) => code)).toEqual(['thread.deadline']);
  });

  it('removes a file that comes after it was given up', async () => {
    const clips = await open();
    const clip = clips.begin(camera, 'event', 0);
    clips.end(camera, 'event', 0);
    await clock.advance(21_000);
    await clip;
    store('event', 0);
    camera.settle({ codec: 'h264', seconds: 12 });
    await expect.poll(files).toEqual([]);
  });

  it('says once of a camera that its codec makes no clips, and counts each', async () => {
    const clips = await open();
    for (const id of ['first', 'second']) {
      const clip = clips.begin(camera, id, 0);
      camera.settle(new AppError('clip.unsupported', 'mjpeg'));
      expect(await clip).toBeNull();
    }
    expect(failures).toHaveLength(1);
    expect(clips.counters.failed).toBe(2);
  });

  it('removes what a crash left unfinished, and nothing else, at the start', async () => {
    mkdirSync(folder);
    store('whole', 0);
    writeFileSync(path.join(folder, 'half.mp4.part'), 'half');
    await open();
    expect(files()).toEqual(['whole.mp4']);
  });

  it('has events whose clip is gone say so, at the start', async () => {
    mkdirSync(folder);
    store('whole', 0);
    withClip = new Set(['whole', 'gone']);
    await open();
    await expect.poll(() => removed).toEqual(['gone']);
  });

  it('removes what is too old and what is too much, oldest first, and has the events say so', async () => {
    const clips = await open();
    for (const [id, days] of Object.entries({ ancient: 11, old: 3, recent: 2, new: 1 })) store(id, days);
    await clips.prune();
    expect(files()).toEqual(['new.mp4', 'recent.mp4']);
    expect(removed).toEqual(['ancient', 'old']);
    expect(clips.counters).toMatchObject({
      removed: { age: 1, space: 1 },
      bytes: 2 * BYTES_PER_MIB,
      untold: 0,
    });
  });

  it('looks at the budget after each clip', async () => {
    const clips = await open();
    for (const [id, days] of Object.entries({ old: 3, recent: 2, new: 1 })) store(id, days);
    const clip = clips.begin(camera, 'event', 0);
    camera.settle({ codec: 'h264', seconds: 12 });
    await clip;
    await expect.poll(files).toEqual(['new.mp4', 'recent.mp4']);
  });

  it('tells the events later when they cannot be stored now', async () => {
    const clips = await open();
    store('old', 11);
    storeFails = true;
    await clips.prune();
    expect(existsSync(path.join(folder, 'old.mp4'))).toBe(false);
    expect(clips.counters.untold).toBe(1);
    storeFails = false;
    await clips.prune();
    expect(removed).toEqual(['old']);
    expect(failures.map(({ code }) => code)).toEqual(['store.write_failed']);
  });

  it('begins none while what is kept takes all the space, says why, and goes on when it does not', async () => {
    const clips = await open();
    for (const id of ['a', 'b']) store(id, 20);
    kept = new Set(['a', 'b']);
    await clips.prune();
    expect(files()).toEqual(['a.mp4', 'b.mp4']);
    expect(clips.failure).toMatchObject({ code: 'clip.no_space' });
    expect(clips.begin(camera, 'event', 0)).toBeNull();
    expect(clips.counters.refused).toBe(1);
    kept = new Set();
    await clips.prune();
    await clips.prune();
    expect(clips.failure).toBeNull();
    expect(clips.begin(camera, 'event', 0)).not.toBeNull();
  });

  it('finds a clip with its size, and null where there is none', async () => {
    const clips = await open();
    store('event', 1);
    expect(await clips.find('event')).toMatchObject({
      path: path.join(folder, 'event.mp4'),
      bytes: BYTES_PER_MIB,
    });
    expect(await clips.find('other')).toBeNull();
  });
});
