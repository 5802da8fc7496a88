import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/**
 * What is there of a file that is being downloaded: `FILE.part`, and beside it in `FILE.part.etag` which version of
 * the file it is the beginning of. Survives the process; what was written is hashed as it comes.
 */
export class PartFile {
  readonly #target: string;
  readonly #handle: FileHandle;
  #hash: Hash;
  #bytes: number;
  #etag: string | null;

  private constructor(target: string, handle: FileHandle, { hash, bytes }: Hashed, etag: string | null) {
    this.#target = target;
    this.#handle = handle;
    this.#hash = hash;
    this.#bytes = bytes;
    this.#etag = etag;
  }

  /** Opens the part of the file `target`, and hashes what an earlier attempt left of it. */
  static async open(target: string): Promise<PartFile> {
    const handle = await open(partOf(target), 'a');
    try {
      const etag = await readFile(etagOf(target), 'utf8').catch(() => null);
      return new PartFile(target, handle, await hashFile(partOf(target)), etag);
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  }

  /** Bytes there are. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The strong ETag of the file that this is the beginning of; null when the server gave none. */
  get etag(): string | null {
    return this.#etag;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#handle.appendFile(chunk);
    this.#hash.update(chunk);
    this.#bytes += chunk.byteLength;
  }

  /** Starts over, with another version of the file. */
  async restart(etag: string | null): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash('sha256');
    this.#bytes = 0;
    this.#etag = etag;
    if (etag === null) await rm(etagOf(this.#target), { force: true });
    else await writeFile(etagOf(this.#target), etag);
  }

  /** Of what there is, in hexadecimal. */
  sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** What there is becomes the file: on disk, synced, all or nothing. */
  async commit(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
    await rename(partOf(this.#target), this.#target);
    await rm(etagOf(this.#target), { force: true });
    await syncFolder(path.dirname(this.#target));
  }

  /** Removes what there is. */
  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(partOf(this.#target), { force: true });
    await rm(etagOf(this.#target), { force: true });
  }

  /** Leaves what there is for another attempt. */
  async close(): Promise<void> {
    await this.#handle.close();
  }
}

interface Hashed {
  hash: Hash;
  bytes: number;
}

/** The sha256 of a file, in hexadecimal; null when there is no such file. */
export async function sha256Of(file: string): Promise<string | null> {
  const isThere = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  return isThere ? (await hashFile(file)).hash.digest('hex') : null;
}

/** Makes a rename or a new file in `folder` survive a loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function hashFile(file: string): Promise<Hashed> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { hash, bytes };
}

const partOf = (target: string): string => `${target}.part`;
const etagOf = (target: string): string => `${target}.part.etag`;
