import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../clock.js';
import type { ClipSettings } from '../../config/config.js';
import { AppError } from '../../errors.js';
import { BYTES_PER_MIB, S_PER_DAY } from '../../units.js';
import { listMedia, planMedia, removeMedia, type EventMedia, type Removal } from './media-budget.js';

/** Events whose loss of a clip could not be stored yet. */
const MAX_UNTOLD = 10_000;

export interface ClipShelfOptions {
  /** The folder of the clips. */
  dir: string;
  /** Asked afresh each time, as they may change. */
  settings: () => ClipSettings;
  clock: Clock;
  /** Ids of the events to keep. */
  keptIds: () => Promise<ReadonlySet<string>>;
  /** Ids of the events that say they have a clip. */
  idsWithClip: () => Promise<ReadonlySet<string>>;
  /** Stores that an event has no clip any more. */
  onRemoved: (eventId: string) => Promise<unknown>;
  onFailure: (error: AppError, about: null) => void;
}

export interface ClipShelfCounters {
  removed: Record<Removal, number>;
  /** Of all that are stored, as of the last look at the folder. */
  bytes: number;
  /** Events that still say that they have a clip which was removed. */
  untold: number;
  /** Given up because too many of them waited: `clip.mp4` answers 404 all the same. */
  untoldDropped: number;
}

/** The clips that are on disk: kept within their budget of bytes and days, and their events in step with them. */
export class ClipShelf {
  readonly #options: ClipShelfOptions;
  readonly #removed: Record<Removal, number> = { age: 0, space: 0 };
  readonly #untold = new Set<string>();
  #untoldDropped = 0;
  #bytes = 0;
  #noSpace: AppError | null = null;
  #lastLook: Promise<void> = Promise.resolve();
  /** The look at the folder that has not begun yet. */
  #nextLook: Promise<void> | null = null;

  constructor(options: ClipShelfOptions) {
    this.#options = options;
  }

  /** `clip.no_space` while those that are kept take all the space; else null. */
  get noSpace(): AppError | null {
    return this.#noSpace;
  }

  get counters(): ClipShelfCounters {
    return {
      removed: { ...this.#removed },
      bytes: this.#bytes,
      untold: this.#untold.size,
      untoldDropped: this.#untoldDropped,
    };
  }

  /** To be called once: a crash may have come between a clip's removal and its event, and people may have removed some. */
  async reconcile(): Promise<void> {
    try {
      for (const eventId of await this.#options.idsWithClip()) {
        const file = path.join(this.#options.dir, `${eventId}.mp4`);
        await access(file).catch(() => {
          this.#mustTell(eventId);
        });
      }
    } catch (thrown) {
      this.#options.onFailure(AppError.from(thrown), null);
    }
    await this.prune();
  }

  /**
   * Removes clips beyond the budget, the oldest first and none that is kept, and has their events say so. Never
   * rejects. One look at the folder at a time, and one more for all who call meanwhile.
   */
  prune(): Promise<void> {
    this.#nextLook ??= this.#lastLook.then(async () => {
      this.#nextLook = null;
      await this.#prune().catch((thrown: unknown) => {
        this.#options.onFailure(AppError.from(thrown), null);
      });
    });
    this.#lastLook = this.#nextLook;
    return this.#nextLook;
  }

  async #prune(): Promise<void> {
    const { settings, clock, keptIds } = this.#options;
    const { max_mb: maxMb, retention_days: days } = settings();
    const maxBytes = maxMb * BYTES_PER_MIB;
    const beforeTime = clock.wallTime() - days * S_PER_DAY;
    const stored = await listMedia(this.#options.dir, (name) => name.endsWith('.mp4'));
    const budget = { maxBytes, beforeTime };
    // The store is asked only when something would have to leave.
    const isWithin = planMedia(stored, budget, new Set()).remove.length === 0;
    const { remove, bytes, keptBytes } = planMedia(stored, budget, isWithin ? new Set() : await keptIds());
    for (const { media, why } of remove) await this.#remove(media, why);
    this.#bytes = bytes;
    this.#noSpace = keptBytes < maxBytes ? null : fullOfKept(maxMb);
    await this.#tell();
  }

  async #remove(media: EventMedia, why: Removal): Promise<void> {
    await removeMedia(media);
    this.#removed[why] += 1;
    this.#mustTell(media.eventId);
  }

  #mustTell(eventId: string): void {
    if (this.#untold.size < MAX_UNTOLD) this.#untold.add(eventId);
    else this.#untoldDropped += 1;
  }

  /** What cannot be stored now is tried again at the next look. */
  async #tell(): Promise<void> {
    for (const eventId of [...this.#untold]) {
      try {
        await this.#options.onRemoved(eventId);
      } catch (thrown) {
        const error = AppError.from(thrown);
        // The event itself may be gone.
        if (error.code !== 'event.not_found') throw error;
      }
      this.#untold.delete(eventId);
    }
  }
}

function fullOfKept(maxMb: number): AppError {
  const message =
    `no clips are made: those of kept events take all ${maxMb} MiB; ` +
    'let go of some of them, or raise clips.max_mb';
  return new AppError('clip.no_space', message, { maxMb });
}
