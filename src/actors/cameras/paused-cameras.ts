import { z } from 'zod';
import { AppError } from '../../errors.js';

const KEY = 'cameras:paused';
const savedSchema = z.array(z.string());

export interface PausedCamerasOptions {
  loadState: (key: string) => Promise<unknown>;
  /** Resolves when it is durable. */
  saveState: (key: string, value: unknown) => Promise<void>;
  /** What is stored cannot be read; no camera counts as paused. */
  onFailure: (error: AppError) => void;
}

/** Which cameras people have paused; it outlasts restarts. */
export class PausedCameras {
  readonly #options: PausedCamerasOptions;
  #ids: ReadonlySet<string> = new Set();

  constructor(options: PausedCamerasOptions) {
    this.#options = options;
  }

  /** Reads what is stored. Never throws. */
  async load(): Promise<void> {
    try {
      this.#ids = new Set(savedSchema.nullable().parse(await this.#options.loadState(KEY)));
    } catch (thrown) {
      this.#options.onFailure(AppError.from(thrown));
    }
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Resolves when it is durable; throws `store.*`, and nothing has changed then. */
  async set(id: string, isPaused: boolean): Promise<void> {
    if (this.has(id) === isPaused) return;
    const ids = new Set(this.#ids);
    if (isPaused) ids.add(id);
    else ids.delete(id);
    await this.#options.saveState(KEY, [...ids]);
    this.#ids = ids;
  }
}
