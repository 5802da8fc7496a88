import { fileURLToPath } from 'node:url';

/** The package's root folder, the same from src/ and from dist/. */
const root = new URL('../', import.meta.url);

export function packagePath(relative: string): string {
  return fileURLToPath(new URL(relative, root));
}

/** Compiled entry of a worker thread: the one place that knows where they lie. */
export function workerEntry(worker: 'camera' | 'gpu' | 'writer' | 'calibration' | 'agent'): URL {
  return new URL(`dist/workers/${worker}.worker.js`, root);
}
