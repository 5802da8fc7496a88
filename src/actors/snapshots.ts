import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BYTES_PER_MIB, MS_PER_S } from '../units.js';

/** All snapshots together; beyond it the oldest go. */
const MAX_BYTES = 1_024 * BYTES_PER_MIB;

/** The peak frame of each event as a JPEG file, written and synced before the event that names it. */
export class Snapshots {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = path.join(dataDir, 'snapshots');
  }

  /** Replaces the event's picture. Whole or not at all: a crash leaves the old one. */
  async save(eventId: string, jpeg: ArrayBuffer): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const part = `${this.#file(eventId)}.part`;
    const file = await open(part, 'w', 0o600);
    try {
      await file.writeFile(new Uint8Array(jpeg));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, this.#file(eventId));
  }

  /** Null when there is none. */
  async read(eventId: string): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#file(eventId));
    } catch {
      return null;
    }
  }

  /** Removes pictures older than `beforeTime` (Unix seconds), and the oldest beyond the byte budget. */
  async prune(beforeTime: number): Promise<void> {
    const names = await readdir(this.#dir).catch(() => []);
    const files = await Promise.all(
      names.map(async (name) => {
        const file = path.join(this.#dir, name);
        const { mtimeMs, size } = await stat(file);
        return { file, mtimeMs, size };
      }),
    );
    let bytes = 0;
    for (const { file, mtimeMs, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      bytes += size;
      if (bytes > MAX_BYTES || mtimeMs / MS_PER_S < beforeTime) await rm(file, { force: true });
    }
  }

  #file(eventId: string): string {
    return path.join(this.#dir, `${eventId}.jpg`);
  }
}
