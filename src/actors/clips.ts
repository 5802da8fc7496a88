import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock.js';
import type { ClipSettings } from '../config/config.js';
import { AppError } from '../errors.js';
import type { RecordedClip } from '../protocol.js';
import { BYTES_PER_MIB, MS_PER_S, S_PER_DAY } from '../units.js';
import type { Camera } from './camera.js';
import { listMedia, planMedia, removeMedia, type EventMedia, type Removal } from './media-budget.js';

/** What a camera that hangs may take longer than its stream's own time. */
const GRACE_S = 15;
/** Events whose loss of a clip could not be stored yet. */
const MAX_UNTOLD = 10_000;

export interface ClipsOptions {
  dataDir: string;
  /** Asked afresh each time, as they may change. */
  settings: () => ClipSettings;
  clock: Clock;
  /** Ids of the events to keep. */
  keptIds: () => Promise<ReadonlySet<string>>;
  /** Ids of the events that say they have a clip. */
  idsWithClip: () => Promise<ReadonlySet<string>>;
  /** Stores that an event has no clip any more. */
  onRemoved: (eventId: string) => Promise<unknown>;
  /** `about`: what got no clip; null for the folder as a whole. */
  onFailure: (error: AppError, about: { camera: string; event: string } | null) => void;
}

export interface ClipFile {
  path: string;
  bytes: number;
  /** Unix time, milliseconds. */
  modifiedMs: number;
}

export interface ClipCounters {
  saved: number;
  failed: number;
  /** Not begun, because all the space is taken by what is kept. */
  refused: number;
  removed: Record<Removal, number>;
  /** Of all that are stored, as of the last look at the folder. */
  bytes: number;
  /** Events that still say that they have a clip which was removed. */
  untold: number;
  /** Given up because too many of them waited: `clip.mp4` answers 404 all the same. */
  untoldDropped: number;
}

type RecordingCamera = Pick<Camera, 'id' | 'recordClip' | 'endClip'>;

/** The clips of events: files that the cameras' threads write, under a budget of bytes and days. */
export class Clips {
  readonly #options: ClipsOptions;
  readonly #dir: string;
  /** How to give up a clip that is being made, by event. */
  readonly #giveUps = new Map<string, (error: AppError) => void>();
  /** Cameras of whose codec no clips are made, and people were told so. */
  readonly #unsupported = new Set<string>();
  readonly #untold = new Set<string>();
  #counts = { saved: 0, failed: 0, refused: 0, bytes: 0, untoldDropped: 0 };
  readonly #removed: Record<Removal, number> = { age: 0, space: 0 };
  #noSpace: AppError | null = null;
  #lastLook: Promise<void> = Promise.resolve();
  /** The look at the folder that has not begun yet. */
  #nextLook: Promise<void> | null = null;

  constructor(options: ClipsOptions) {
    this.#options = options;
    this.#dir = path.join(options.dataDir, 'clips');
  }

  /** Why no clip is begun; null while they are. */
  get failure(): AppError | null {
    return this.#noSpace;
  }

  get counters(): ClipCounters {
    return { ...this.#counts, removed: { ...this.#removed }, untold: this.#untold.size };
  }

  /** Makes the folder, and removes what a crash left unfinished; before the first camera starts, with the store open. */
  async open(): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#dir)) {
      if (name.endsWith('.part')) await rm(path.join(this.#dir, name), { force: true });
    }
    void this.#reconcile();
  }

  /**
   * Begins the clip of an event at `startUs` of the camera's stream, or at its newest packet when null. Resolves when
   * it is over and on disk, to null when there is none; never rejects. Null at once when none is begun.
   */
  begin(
    camera: RecordingCamera,
    eventId: string,
    startUs: number | null,
  ): Promise<RecordedClip | null> | null {
    if (!this.#options.settings().enabled) return null;
    if (this.#noSpace !== null) {
      this.#counts.refused += 1;
      // Somebody may have let go of some meanwhile.
      void this.prune();
      return null;
    }
    return this.#record(camera, eventId, startUs);
  }

  /** Ends an event's clip some seconds after `lastUs`, or after now when null. */
  end(camera: RecordingCamera, eventId: string, lastUs: number | null): void {
    const giveUp = this.#giveUps.get(eventId);
    if (giveUp === undefined) return;
    const { clock, settings } = this.#options;
    const { post_s: postS } = settings();
    const waitS = postS + GRACE_S;
    clock.after(waitS * MS_PER_S, () => {
      giveUp(
        new AppError('thread.deadline', `the clip of event ${eventId} was not over ${waitS} s after it`),
      );
    });
    camera.endClip(eventId, lastUs, postS).catch((thrown: unknown) => {
      giveUp(AppError.from(thrown));
    });
  }

  /** Null when the event has none, or it was removed. */
  async find(eventId: string): Promise<ClipFile | null> {
    const file = this.#file(eventId);
    const found = await stat(file).catch(() => null);
    return found === null ? null : { path: file, bytes: found.size, modifiedMs: found.mtimeMs };
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

  async #record(
    camera: RecordingCamera,
    eventId: string,
    startUs: number | null,
  ): Promise<RecordedClip | null> {
    const { pre_s: preS, max_s: maxS } = this.#options.settings();
    const file = this.#file(eventId);
    const recorded = camera.recordClip(
      { id: eventId, file, startUs, preS, maxS },
      (maxS + GRACE_S) * MS_PER_S,
    );
    const givenUp = new Promise<never>((_resolve, reject) => this.#giveUps.set(eventId, reject));
    try {
      const clip = await Promise.race([recorded, givenUp]);
      this.#counts.saved += 1;
      void this.prune();
      return clip;
    } catch (thrown) {
      this.#failed({ camera: camera.id, event: eventId }, AppError.from(thrown));
      // One that comes after all is a file that no event names.
      recorded.then(() => rm(file, { force: true })).catch(() => undefined);
      return null;
    } finally {
      this.#giveUps.delete(eventId);
    }
  }

  #failed(about: { camera: string; event: string }, error: AppError): void {
    const { camera } = about;
    this.#counts.failed += 1;
    const isKnown = error.code === 'clip.unsupported' && this.#unsupported.has(camera);
    if (error.code === 'clip.unsupported') this.#unsupported.add(camera);
    if (!isKnown) this.#options.onFailure(error, about);
  }

  async #prune(): Promise<void> {
    const { settings, clock, keptIds } = this.#options;
    const { max_mb: maxMb, retention_days: days } = settings();
    const maxBytes = maxMb * BYTES_PER_MIB;
    const beforeTime = clock.wallTime() - days * S_PER_DAY;
    const stored = await listMedia(this.#dir, (name) => name.endsWith('.mp4'));
    const budget = { maxBytes, beforeTime };
    // The store is asked only when something would have to leave.
    const isWithin = planMedia(stored, budget, new Set()).remove.length === 0;
    const { remove, bytes, keptBytes } = planMedia(stored, budget, isWithin ? new Set() : await keptIds());
    for (const { media, why } of remove) await this.#remove(media, why);
    this.#counts = { ...this.#counts, bytes };
    this.#noSpace = keptBytes < maxBytes ? null : fullOfKept(maxMb);
    await this.#tell();
  }

  /** A crash may have come between a clip's removal and its event, and people may have removed some. */
  async #reconcile(): Promise<void> {
    try {
      for (const eventId of await this.#options.idsWithClip()) {
        if ((await this.find(eventId)) === null) this.#mustTell(eventId);
      }
    } catch (thrown) {
      this.#options.onFailure(AppError.from(thrown), null);
    }
    await this.prune();
  }

  async #remove(media: EventMedia, why: Removal): Promise<void> {
    await removeMedia(media);
    this.#removed[why] += 1;
    this.#mustTell(media.eventId);
  }

  #mustTell(eventId: string): void {
    if (this.#untold.size < MAX_UNTOLD) this.#untold.add(eventId);
    else this.#counts.untoldDropped += 1;
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

  #file(eventId: string): string {
    return path.join(this.#dir, `${eventId}.mp4`);
  }
}

function fullOfKept(maxMb: number): AppError {
  const message =
    `no clips are made: those of kept events take all ${maxMb} MiB; ` +
    'let go of some of them, or raise clips.max_mb';
  return new AppError('clip.no_space', message, { maxMb });
}
