import { mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Snapshots } from './snapshots.js';

const BUDGET = 300;
const none = new Set<string>();
let folder: string;
let snapshots: Snapshots;

beforeEach(() => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'nunchi-snapshots-'));
  folder = path.join(dataDir, 'snapshots');
  snapshots = new Snapshots(dataDir, BUDGET);
});

const picture = (bytes: number, value = 1): ArrayBuffer => new Uint8Array(bytes).fill(value).buffer;
const files = (): string[] => readdirSync(folder).sort();

/** Makes everything of an event as old as if it had been written at `time`, Unix seconds. */
function date(eventId: string, time: number): void {
  for (const file of files().filter((name) => name.startsWith(eventId)))
    utimesSync(path.join(folder, file), time, time);
}

describe('Snapshots', () => {
  it('gives back the picture and the overlay of an event', async () => {
    await snapshots.save('a', picture(10, 1), picture(20, 2));
    expect(await snapshots.read('a', 'plain')).toEqual(Buffer.alloc(10, 1));
    expect(await snapshots.read('a', 'overlay')).toEqual(Buffer.alloc(20, 2));
    expect(await snapshots.read('b', 'plain')).toBeNull();
    expect(files()).toEqual(['a.jpg', 'a.overlay.jpg']);
  });

  it('drops the overlay of an earlier peak when the new one has none', async () => {
    await snapshots.save('a', picture(10, 1), picture(20, 2));
    await snapshots.save('a', picture(10, 3), null);
    expect(await snapshots.read('a', 'plain')).toEqual(Buffer.alloc(10, 3));
    expect(await snapshots.read('a', 'overlay')).toBeNull();
  });

  it('removes what is too old, with what a crash left of it, and nothing else', async () => {
    for (const id of ['old', 'new']) await snapshots.save(id, picture(10), picture(10));
    writeFileSync(path.join(folder, 'old.overlay.jpg.part'), 'half');
    date('old', 999);
    date('new', 1_001);
    await snapshots.prune(1_000, none);
    expect(files()).toEqual(['new.jpg', 'new.overlay.jpg']);
  });

  it('counts both pictures against the budget, and removes both of the oldest event', async () => {
    for (const [i, id] of ['first', 'second', 'third'].entries()) {
      await snapshots.save(id, picture(60), picture(60));
      date(id, 1_000 + i);
    }
    await snapshots.prune(0, none);
    expect(files()).toEqual(['second.jpg', 'second.overlay.jpg', 'third.jpg', 'third.overlay.jpg']);
  });

  it('leaves what is kept, however old, and counts it against the budget', async () => {
    for (const [i, id] of ['kept', 'second', 'third'].entries()) {
      await snapshots.save(id, picture(60), picture(60));
      date(id, 1_000 + i);
    }
    await snapshots.prune(1_001, new Set(['kept']));
    expect(files()).toEqual(['kept.jpg', 'kept.overlay.jpg', 'third.jpg', 'third.overlay.jpg']);
  });

  it('has nothing to remove before the first picture', async () => {
    await expect(snapshots.prune(1_000, none)).resolves.toBeUndefined();
  });
});
