import { accessSync, constants, mkdirSync } from 'node:fs';
import { AppError } from '../../errors.js';

/** Makes sure that `folder` exists, its owner's alone when new, and can be written. Throws `store.open_failed`. */
export function prepareDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const advice = 'make it writable, or choose another with --data-dir';
    const message = `cannot write to the data folder ${folder} (${why}): ${advice}`;
    throw new AppError('store.open_failed', message, { folder }, error);
  }
}
