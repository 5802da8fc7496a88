import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors.js';
import type { ClipRequest, RecordedClip } from '../../protocol/camera.js';
import { MS_PER_S } from '../../units.js';
import { ClipShelf, type ClipShelfCounters, type ClipShelfOptions } from './clip-shelf.js';

/** What a camera that hangs may take longer than its stream's own time. */
const GRACE_S = 15;

export interface ClipsOptions extends Omit<ClipShelfOptions, 'dir' | 'onFailure'> {
  dataDir: string;
  /** `about`: what got no clip; null for the folder as a whole. */
  onFailure: (error: AppError, about: { camera: string; event: string } | null) => void;
}

export interface ClipFile {
  path: string;
  bytes: number;
  /** Unix time, milliseconds. */
  modifiedMs: number;
}

export interface ClipCounters extends ClipShelfCounters {
  saved: number;
  failed: number;
  /** Not begun, because all the space is taken by what is kept. */
  refused: number;
}

/** What a camera does for clips of its stream, see `CameraApi`. */
interface RecordingCamera {
  readonly id: string;
  recordClip(request: ClipRequest, deadlineMs: number): Promise<RecordedClip>;
  endClip(id: string, lastUs: number | null, postS: number): Promise<void>;
}

/** The clips of events: files that the cameras' threads write, under a budget of bytes and days. */
export class Clips {
  readonly #options: ClipsOptions;
  readonly #dir: string;
  /** How to give up a clip that is being made, by event. */
  readonly #giveUps = new Map<string, (error: AppError) => void>();
  /** Cameras of whose codec no clips are made, and people were told so. */
  readonly #unsupported = new Set<string>();
  readonly #shelf: ClipShelf;
  readonly #counts = { saved: 0, failed: 0, refused: 0 };

  constructor(options: ClipsOptions) {
    this.#options = options;
    this.#dir = path.join(options.dataDir, 'clips');
    this.#shelf = new ClipShelf({ ...options, dir: this.#dir });
  }

  /** Why no clip is begun; null while they are. */
  get failure(): AppError | null {
    return this.#shelf.noSpace;
  }

  get counters(): ClipCounters {
    return { ...this.#counts, ...this.#shelf.counters };
  }

  /** Makes the folder, and removes what a crash left unfinished; before the first camera starts, with the store open. */
  async open(): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#dir)) {
      if (name.endsWith('.part')) await rm(path.join(this.#dir, name), { force: true });
    }
    void this.#shelf.reconcile();
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
    if (this.#shelf.noSpace !== null) {
      this.#counts.refused += 1;
      // Somebody may have let go of some meanwhile.
      void this.#shelf.prune();
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
      void this.#shelf.prune();
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

  /** Removes clips beyond the budget, the oldest first and none that is kept. Never rejects. */
  prune(): Promise<void> {
    return this.#shelf.prune();
  }

  #file(eventId: string): string {
    return path.join(this.#dir, `${eventId}.mp4`);
  }
}
