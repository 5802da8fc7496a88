import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';

/** Descriptors of what the process was started with. */
export interface ProductOutput {
  stdout: number;
  stderr: number;
  /** Empties the file of native output when it has grown large; call it now and then. */
  trim(): void;
}

const STDOUT = 1;
const STDERR = 2;
const MAX_BYTES = 1024 * 1024;

/**
 * Sends what native libraries write into `file`, and leaves the process's own standard output and error to the
 * product. llama.cpp writes a page of text an answer to both, and nothing turns it off; kept in a file it still
 * tells of the last moments before a crash.
 *
 * Descriptors belong to the whole process, so this goes once, in the main thread, before other threads start: between
 * closing a descriptor and opening it anew its number is free. Where the descriptors cannot be opened anew, as sockets
 * cannot, all stays as it is.
 */
export function divertNativeOutput(file: string): ProductOutput {
  const own = reopened();
  if (own === null) return { stdout: STDOUT, stderr: STDERR, trim: () => undefined };
  closeSync(openSync(file, 'w'));
  for (const descriptor of [STDOUT, STDERR]) {
    closeSync(descriptor);
    // The lowest number that is free is taken, and it is this one.
    openSync(file, 'a');
  }
  return { ...own, trim };
}

function reopened(): { stdout: number; stderr: number } | null {
  try {
    return { stdout: openSync('/proc/self/fd/1', 'a'), stderr: openSync('/proc/self/fd/2', 'a') };
  } catch {
    return null;
  }
}

function trim(): void {
  if (fstatSync(STDOUT).size > MAX_BYTES) ftruncateSync(STDOUT);
}
