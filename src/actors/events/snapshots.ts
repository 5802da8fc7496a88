import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../atomic-file.js';
import { BYTES_PER_MIB } from '../../units.js';
import { listMedia, planMedia, removeMedia } from './media-budget.js';

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
    else await replaceFile(this.#file(eventId, 'overlay'), new Uint8Array(overlay));
    await replaceFile(this.#file(eventId, 'plain'), new Uint8Array(plain));
  }

  /** Null when there is none. */
  async read(eventId: string, kind: SnapshotKind): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#file(eventId, kind));
    } catch {
      return null;
    }
  }

  /**
   * Removes pictures older than `beforeTime` (Unix seconds), and the oldest events' beyond the byte budget, but never
   * those of an event that is kept.
   */
  async prune(beforeTime: number, kept: ReadonlySet<string>): Promise<void> {
    const stored = await listMedia(this.#dir, () => true);
    const { remove } = planMedia(stored, { maxBytes: this.#maxBytes, beforeTime }, kept);
    for (const { media } of remove) await removeMedia(media);
  }

  #file(eventId: string, kind: SnapshotKind): string {
    return path.join(this.#dir, `${eventId}${suffixes[kind]}`);
  }
}
