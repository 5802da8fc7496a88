/**
 * Baseline JPEG (ITU-T T.81) in JavaScript, for pictures that come as pixels from another process. One pair of Huffman
 * tables serves all three components, which the format allows; it costs a few percent of the size.
 */
import { forwardDct, DCT_SCALE } from './jpeg-dct.js';
import { acSymbols, acTable, dcTable, huffmanSegment, type HuffmanTable } from './jpeg-huffman.js';
import type { Plane, YuvPicture } from './place-overlay.js';

/** Annex K.1, in zigzag order. */
const lumaQuantiser = [
  ...[16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40],
  ...[26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51],
  ...[56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87],
  ...[95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99],
];
const chromaQuantiser = [
  ...[17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99],
  ...Array.from({ length: 48 }, () => 99),
];
const BLOCK = 8;
const BLOCK_PIXELS = BLOCK * BLOCK;
/** Pixels a side of a unit that the components are coded by: two blocks of luma, one of each chroma. */
const UNIT = 2 * BLOCK;

/** Which pixel of a block comes when; by diagonals, up and down in turn. */
const zigzag = zigzagOrder();

interface Quantiser {
  /** As the file states it, in zigzag order. */
  steps: Uint8Array;
  /** What a coefficient is multiplied with, in the order of a block; undoes the transform's scale, too. */
  factors: Float32Array;
}

/**
 * The picture as a JPEG file, after `prefixBytes` left free. Quality 1 (worst) to 100, by the scale of the Independent
 * JPEG Group. The buffer is the caller's and owns its memory whole.
 */
export function encodeJpeg(picture: YuvPicture, quality: number, prefixBytes: number): ArrayBuffer {
  const luma = quantiser(lumaQuantiser, quality);
  const chroma = quantiser(chromaQuantiser, quality);
  const bits = new BitWriter(prefixBytes + picture.width * picture.height);
  bits.skip(prefixBytes);
  bits.bytes(header(picture, luma, chroma));
  encodeUnits(bits, picture, luma, chroma);
  bits.flush();
  bits.bytes([0xff, 0xd9]);
  return bits.take();
}

function encodeUnits(bits: BitWriter, picture: YuvPicture, luma: Quantiser, chroma: Quantiser): void {
  const y = new Component(bits, picture.y, picture.width, picture.height, luma);
  const [width, height] = [picture.width / 2, picture.height / 2];
  const u = new Component(bits, picture.u, width, height, chroma);
  const v = new Component(bits, picture.v, width, height, chroma);
  for (let top = 0; top < picture.height; top += UNIT) {
    for (let left = 0; left < picture.width; left += UNIT) {
      for (const [dx, dy] of lumaBlocks) y.block(left + dx, top + dy);
      u.block(left / 2, top / 2);
      v.block(left / 2, top / 2);
    }
  }
}

const lumaBlocks = [
  [0, 0],
  [BLOCK, 0],
  [0, BLOCK],
  [BLOCK, BLOCK],
] as const;

/** One component of a picture, block by block. */
class Component {
  readonly #bits: BitWriter;
  readonly #plane: Plane;
  readonly #width: number;
  readonly #height: number;
  readonly #quantiser: Quantiser;
  readonly #values = new Float32Array(BLOCK_PIXELS);
  readonly #levels = new Int32Array(BLOCK_PIXELS);
  #lastDc = 0;

  constructor(bits: BitWriter, plane: Plane, width: number, height: number, used: Quantiser) {
    this.#bits = bits;
    this.#plane = plane;
    this.#width = width;
    this.#height = height;
    this.#quantiser = used;
  }

  block(left: number, top: number): void {
    this.#load(left, top);
    forwardDct(this.#values);
    this.#quantise();
    const dc = this.#levels[0] ?? 0;
    this.#bits.value(dcTable, 0, dc - this.#lastDc);
    this.#lastDc = dc;
    this.#encodeAc();
  }

  /** Beyond the picture its last pixels are repeated. */
  #load(left: number, top: number): void {
    const { pixels, stride } = this.#plane;
    const values = this.#values;
    const lastColumn = this.#width - 1;
    const lastRow = this.#height - 1;
    for (let y = 0; y < BLOCK; y += 1) {
      const row = Math.min(top + y, lastRow) * stride;
      for (let x = 0; x < BLOCK; x += 1)
        values[y * BLOCK + x] = (pixels[row + Math.min(left + x, lastColumn)] ?? 0) - 128;
    }
  }

  #quantise(): void {
    const { factors } = this.#quantiser;
    const values = this.#values;
    const levels = this.#levels;
    for (let i = 0; i < BLOCK_PIXELS; i += 1) {
      const from = zigzag[i] ?? 0;
      const level = (values[from] ?? 0) * (factors[from] ?? 0);
      levels[i] = level < 0 ? level - 0.5 : level + 0.5;
    }
  }

  #encodeAc(): void {
    let zeros = 0;
    const levels = this.#levels;
    for (let i = 1; i < BLOCK_PIXELS; i += 1) {
      const level = levels[i] ?? 0;
      if (level === 0) {
        zeros += 1;
        continue;
      }
      for (; zeros >= 16; zeros -= 16) this.#bits.symbol(acTable, acSymbols.sixteenZeros);
      this.#bits.value(acTable, zeros << 4, level);
      zeros = 0;
    }
    if (zeros > 0) this.#bits.symbol(acTable, acSymbols.endOfBlock);
  }
}

/** Bits into a buffer that grows; a byte of ones is followed by one of zeros, as the format wants it. */
class BitWriter {
  #buffer: Uint8Array;
  #at = 0;
  #held = 0;
  #heldBits = 0;

  constructor(bytes: number) {
    this.#buffer = new Uint8Array(Math.max(1024, bytes));
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  bytes(bytes: readonly number[]): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  symbol({ codes, lengths }: HuffmanTable, symbol: number): void {
    this.#put(codes[symbol] ?? 0, lengths[symbol] ?? 0);
  }

  /** A number as its count of bits, told by the table beside `run`, and these bits; a negative one as its complement. */
  value(table: HuffmanTable, run: number, value: number): void {
    const size = 32 - Math.clz32(Math.abs(value));
    this.symbol(table, run | size);
    if (size > 0) this.#put(value < 0 ? value + (1 << size) - 1 : value, size);
  }

  flush(): void {
    if (this.#heldBits > 0) this.#put((1 << (8 - this.#heldBits)) - 1, 8 - this.#heldBits);
  }

  take(): ArrayBuffer {
    return this.#buffer.slice(0, this.#at).buffer;
  }

  #put(bits: number, count: number): void {
    this.#held = (this.#held << count) | bits;
    this.#heldBits += count;
    while (this.#heldBits >= 8) {
      this.#heldBits -= 8;
      this.#byte((this.#held >>> this.#heldBits) & 0xff);
    }
    this.#held &= (1 << this.#heldBits) - 1;
  }

  #byte(byte: number): void {
    this.#reserve(2);
    this.#buffer[this.#at] = byte;
    this.#at += 1;
    if (byte !== 0xff) return;
    this.#buffer[this.#at] = 0;
    this.#at += 1;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = new Uint8Array(2 * this.#buffer.length + bytes);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}

function quantiser(base: readonly number[], quality: number): Quantiser {
  const within = Math.min(100, Math.max(1, quality));
  const percent = within < 50 ? 5000 / within : 200 - 2 * within;
  const steps = Uint8Array.from(base, (step) =>
    Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))),
  );
  const factors = new Float32Array(BLOCK_PIXELS);
  steps.forEach((step, i) => {
    const at = zigzag[i] ?? 0;
    factors[at] = (DCT_SCALE[at] ?? 0) / step;
  });
  return { steps, factors };
}

function header({ width, height }: YuvPicture, luma: Quantiser, chroma: Quantiser): number[] {
  const word = (value: number): number[] => [value >> 8, value & 0xff];
  const segment = (marker: number, body: number[]): number[] => [
    0xff,
    marker,
    ...word(body.length + 2),
    ...body,
  ];
  const frame = [8, ...word(height), ...word(width), 3, ...[1, 0x22, 0], ...[2, 0x11, 1], ...[3, 0x11, 1]];
  return [
    ...[0xff, 0xd8],
    ...segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...luma.steps, 1, ...chroma.steps]),
    ...segment(0xc0, frame),
    ...segment(0xc4, huffmanSegment()),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
  ];
}

function zigzagOrder(): Uint8Array {
  const order = Array.from({ length: BLOCK_PIXELS }, (_, at) => at);
  const place = (at: number): { diagonal: number; along: number } => {
    const [x, y] = [at % BLOCK, Math.floor(at / BLOCK)];
    return { diagonal: x + y, along: (x + y) % 2 === 0 ? x : y };
  };
  order.sort((a, b) => {
    const [one, other] = [place(a), place(b)];
    return one.diagonal - other.diagonal || one.along - other.along;
  });
  return Uint8Array.from(order);
}
