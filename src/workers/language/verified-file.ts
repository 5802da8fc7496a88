import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { AppError } from '../../errors.js';
import type { ModelFile } from '../../model-file.js';

/** Hashed between other work of the thread, so in small pieces. */
const PIECE = 256 * 1024;

/** Hashes of this thread's files, so that a model loaded again is not read again; by path, a handful. */
const known = new Map<string, { stamp: string; sha256: string }>();

/**
 * Checks that a file is the one that was meant. Throws `model.missing` or `model.hash_mismatch`.
 *
 * A file that kept its size and its time of change since it was last hashed counts as unchanged.
 */
export async function verifyFile({ path, sha256 }: ModelFile, signal: AbortSignal): Promise<void> {
  const found = await hashOf(path, signal);
  if (found === sha256) return;
  const message = `${path} is damaged: its sha256 is ${found}, and ${sha256} is needed; fetch or restore it anew`;
  throw new AppError('model.hash_mismatch', message, { file: path });
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    const stamp = `${size} ${mtimeMs} ${ino}`;
    const before = known.get(path);
    if (before?.stamp === stamp) return before.sha256;
    const hash = createHash('sha256');
    const pieces = createReadStream(path, { highWaterMark: PIECE, signal }) as AsyncIterable<Buffer>;
    for await (const piece of pieces) hash.update(piece);
    const sha256 = hash.digest('hex');
    known.set(path, { stamp, sha256 });
    return sha256;
  } catch (error) {
    throw new AppError('model.missing', `${path} cannot be read; restore the model`, { file: path }, error);
  }
}
