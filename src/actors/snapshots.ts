import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BYTES_PER_MIB, MS_PER_S } from '../units.js';

/** All pictures together; beyond it the oldest events lose theirs. */
const MAX_BYTES = 1_024 * BYTES_PER_MIB;

/** An event's peak frame as it was, or with what was unusual drawn over it. */
export type SnapshotKind = 'plain' | 'overlay';

const suffixes: Record<SnapshotKind, string> = { plain: '.jpg', overlay: '.overlay.jpg' };

/** The peak frame of each event as JPEG files, written and synced before the event that names it. */
export class Snapshots {
  readonly #dir: string;
  readonly #maxBytes: number;

  constructor(dataDir: string, maxBytes = MAX_BYTES) {
    this.#dir = path.join(dataDir, 'snapshots');
    this.#maxBytes = maxBytes;
  }

  /** Replaces the event's pictures. Each is there whole or not at all: a crash leaves the old one. */
  async save(eventId: string, plain: ArrayBuffer, overlay: ArrayBuffer | null): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    // Without one of its own, the overlay of an earlier peak would lie over another moment.
    if (overlay === null) await rm(this.#file(eventId, 'overlay'), { force: true });
    else await writeWhole(this.#file(eventId, 'overlay'), overlay);
    await writeWhole(this.#file(eventId, 'plain'), plain);
  }

  /** Null when there is none. */
  async read(eventId: string, kind: SnapshotKind): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#file(eventId, kind));
    } catch {
      return null;
    }
  }

  /** Removes pictures older than `beforeTime` (Unix seconds), and the oldest events' beyond the byte budget. */
  async prune(beforeTime: number): Promise<void> {
    let bytes = 0;
    for (const { files, mtimeMs, size } of await this.#pictures()) {
      bytes += size;
      if (bytes <= this.#maxBytes && mtimeMs / MS_PER_S >= beforeTime) continue;
      for (const file of files) await rm(file, { force: true });
    }
  }

  /** What is stored of each event, newest first. */
  async #pictures(): Promise<EventFiles[]> {
    const events = new Map<string, EventFiles>();
    for (const name of await readdir(this.#dir).catch(() => [])) {
      const file = path.join(this.#dir, name);
      const found = await stat(file).catch(() => null);
      // What was a part when the folder was listed may have become a picture since.
      if (found === null) continue;
      const id = name.split('.')[0] ?? name;
      const event = events.get(id) ?? { files: [], mtimeMs: 0, size: 0 };
      event.files.push(file);
      event.mtimeMs = Math.max(event.mtimeMs, found.mtimeMs);
      event.size += found.size;
      events.set(id, event);
    }
    return [...events.values()].sort((a, b) => b.mtimeMs - a.mtimeMs);
  }

  #file(eventId: string, kind: SnapshotKind): string {
    return path.join(this.#dir, `${eventId}${suffixes[kind]}`);
  }
}

/** An event's pictures, and what a crash left of one. */
interface EventFiles {
  files: string[];
  /** Of the newest of them. */
  mtimeMs: number;
  /** Bytes of all of them. */
  size: number;
}

async function writeWhole(file: string, jpeg: ArrayBuffer): Promise<void> {
  const part = `${file}.part`;
  const opened = await open(part, 'w', 0o600);
  try {
    await opened.writeFile(new Uint8Array(jpeg));
    await opened.sync();
  } finally {
    await opened.close();
  }
  await rename(part, file);
}
