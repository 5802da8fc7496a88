import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../errors.js';

/** What a GGUF file says of itself. */
export interface GgufHead {
  /** Of the network: `clip` for a projector, else that of a text model, such as `llama`. */
  architecture: string;
  tensors: number;
}

const MAGIC = 'GGUF';
const VERSIONS: readonly number[] = [2, 3];
const DEFAULT_ALIGNMENT = 32;
const MAX_DIMENSIONS = 4;
/** Keys and names are short; one that is not is damage. */
const MAX_NAME = 65_535;
const STRING = 8;
const ARRAY = 9;

/** Bytes of a value, by the number that the format gives its type: integers, float32, boolean, 64 bits. */
const valueBytes = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);

/** Weights that share a block and the bytes of a block, by ggml's number of the tensor type. */
const tensorBlocks = new Map<number, readonly [weights: number, bytes: number]>([
  [0, [1, 4]],
  [1, [1, 2]],
  [2, [32, 18]],
  [3, [32, 20]],
  [6, [32, 22]],
  [7, [32, 24]],
  [8, [32, 34]],
  [9, [32, 36]],
  [10, [256, 84]],
  [11, [256, 110]],
  [12, [256, 144]],
  [13, [256, 176]],
  [14, [256, 210]],
  [15, [256, 292]],
  [16, [256, 66]],
  [17, [256, 74]],
  [18, [256, 98]],
  [19, [256, 50]],
  [20, [32, 18]],
  [21, [256, 110]],
  [22, [256, 82]],
  [23, [256, 136]],
  [24, [1, 1]],
  [25, [1, 2]],
  [26, [1, 4]],
  [27, [1, 8]],
  [28, [1, 8]],
  [29, [256, 56]],
  [30, [1, 2]],
  [34, [256, 54]],
  [35, [256, 66]],
  [39, [32, 17]],
]);

/**
 * Reads the head of a GGUF file and checks that all it names lies inside of the file: a runtime that maps a shorter
 * file into memory takes the whole process down. Throws `model.missing` or `model.damaged`, which says where.
 *
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function readGguf(file: string): GgufHead {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    throw new AppError('model.missing', `${file} cannot be read; restore the model`, { file }, error);
  }
  try {
    return readHead(new HeadReader(descriptor, file));
  } finally {
    closeSync(descriptor);
  }
}

function readHead(reader: HeadReader): GgufHead {
  if (reader.bytes(4, 'magic').toString('latin1') !== MAGIC) throw reader.damaged('it is no GGUF file');
  const version = reader.u32('version');
  if (!VERSIONS.includes(version))
    throw reader.damaged(`it has GGUF version ${version}, and 2 or 3 is needed`);
  const tensors = reader.u64('number of tensors');
  const keys = reader.u64('number of keys');
  let architecture = '';
  let alignment = DEFAULT_ALIGNMENT;
  for (let i = 0; i < keys; i += 1) {
    const key = reader.name('key');
    const type = reader.u32(key);
    if (key === 'general.architecture' && type === STRING) architecture = reader.name(key);
    else if (key === 'general.alignment' && type === 4) alignment = reader.u32(key);
    else skipValue(reader, key, type);
  }
  if (alignment === 0) throw reader.damaged('its alignment is 0');
  if (architecture === '') throw reader.damaged('it names no architecture');
  checkTensors(reader, tensors, alignment);
  return { architecture, tensors };
}

function skipValue(reader: HeadReader, key: string, type: number): void {
  if (type === STRING) {
    reader.skip(reader.u64(key), key);
    return;
  }
  if (type !== ARRAY) {
    reader.skip(bytesOf(reader, key, type), key);
    return;
  }
  const itemType = reader.u32(key);
  const items = reader.u64(key);
  if (itemType !== STRING) {
    reader.skip(items * bytesOf(reader, key, itemType), key);
    return;
  }
  for (let i = 0; i < items; i += 1) reader.skip(reader.u64(key), key);
}

function bytesOf(reader: HeadReader, key: string, type: number): number {
  const bytes = valueBytes.get(type);
  if (bytes === undefined) throw reader.damaged(`${key} is of type ${type}, which is none`);
  return bytes;
}

/** The tensors' data follows their descriptions, which give places from its start. */
function checkTensors(reader: HeadReader, tensors: number, alignment: number): void {
  let last = 0;
  for (let i = 0; i < tensors; i += 1) {
    const name = reader.name('tensor');
    const bytes = tensorBytes(reader, name);
    last = Math.max(last, reader.u64(name) + bytes);
  }
  const dataStart = Math.ceil(reader.at / alignment) * alignment;
  const missing = dataStart + last - reader.size;
  if (missing > 0) throw reader.damaged(`its last ${missing} bytes are missing`);
}

function tensorBytes(reader: HeadReader, name: string): number {
  const dimensions = reader.u32(name);
  if (dimensions > MAX_DIMENSIONS) throw reader.damaged(`${name} has ${dimensions} dimensions`);
  let weights = 1;
  for (let i = 0; i < dimensions; i += 1) weights *= reader.u64(name);
  const type = reader.u32(name);
  const block = tensorBlocks.get(type);
  if (block === undefined) throw reader.damaged(`${name} is of tensor type ${type}, which is not known here`);
  return Math.ceil(weights / block[0]) * block[1];
}

const WINDOW = 64 * 1024;

/** Goes through a file from its start, little-endian; throws `model.damaged` at its end. */
class HeadReader {
  readonly size: number;
  readonly #descriptor: number;
  readonly #file: string;
  readonly #window = Buffer.allocUnsafe(WINDOW);
  #windowAt = 0;
  #windowBytes = 0;
  #at = 0;

  constructor(descriptor: number, file: string) {
    this.#descriptor = descriptor;
    this.#file = file;
    this.size = fstatSync(descriptor).size;
  }

  get at(): number {
    return this.#at;
  }

  /** Valid until the next call. At most 65,535 of them. */
  bytes(count: number, what: string): Buffer {
    const at = this.#at;
    this.skip(count, what);
    if (at < this.#windowAt || at + count > this.#windowAt + this.#windowBytes) {
      this.#windowAt = at;
      this.#windowBytes = readSync(this.#descriptor, this.#window, 0, WINDOW, at);
    }
    return this.#window.subarray(at - this.#windowAt, at - this.#windowAt + count);
  }

  skip(count: number, what: string): void {
    if (this.#at + count > this.size) throw this.damaged(`it ends in the middle of ${what}`);
    this.#at += count;
  }

  u32(what: string): number {
    return this.bytes(4, what).readUInt32LE();
  }

  /** Beyond 2^53 not exact, which no file is large enough for. */
  u64(what: string): number {
    return Number(this.bytes(8, what).readBigUInt64LE());
  }

  name(what: string): string {
    const length = this.u64(what);
    if (length > MAX_NAME) throw this.damaged(`${what} has a name of ${length} bytes`);
    return this.bytes(length, what).toString('utf8');
  }

  damaged(why: string): AppError {
    const name = path.basename(this.#file);
    const message = `${this.#file} is damaged: ${why}; fetch or restore ${name} anew`;
    return new AppError('model.damaged', message, { file: this.#file, at: this.#at });
  }
}
