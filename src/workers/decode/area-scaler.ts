/** Makes planes of pixels smaller by the average of what falls into a pixel: what moves does not flicker then. */

export interface PlaneSize {
  width: number;
  height: number;
}

/** For each pixel of an axis the range of source pixels that it covers, and how much of each. */
interface Axis {
  first: Int32Array;
  /** As many a target pixel as `taps`; they add up to 1, and the last ones may be 0. */
  weights: Float32Array;
  taps: number;
}

/** Scales planes of one size to another; set up once a pair of sizes. */
export class AreaScaler {
  readonly from: PlaneSize;
  readonly to: PlaneSize;
  readonly #columns: Axis;
  readonly #rows: Axis;
  /** A row of the target's height, still as wide as the source. */
  readonly #line: Float32Array;

  constructor(from: PlaneSize, to: PlaneSize) {
    this.from = from;
    this.to = to;
    this.#columns = axis(from.width, to.width);
    this.#rows = axis(from.height, to.height);
    this.#line = new Float32Array(from.width);
  }

  /** Both uint8 [height, width] without padding; `levels` maps the 256 averages on what is written. */
  scale(source: Uint8Array, target: Uint8Array, levels: Uint8Array): void {
    const { width, height } = this.to;
    for (let row = 0; row < height; row += 1) {
      this.#averageRows(source, row);
      this.#averageColumns(target.subarray(row * width, (row + 1) * width), levels);
    }
  }

  #averageRows(source: Uint8Array, row: number): void {
    const { taps, first, weights } = this.#rows;
    const line = this.#line;
    const width = line.length;
    line.fill(0.5);
    for (let tap = 0; tap < taps; tap += 1) {
      const weight = weights[row * taps + tap] ?? 0;
      if (weight === 0) continue;
      const at = ((first[row] ?? 0) + tap) * width;
      for (let x = 0; x < width; x += 1) line[x] = (line[x] ?? 0) + weight * (source[at + x] ?? 0);
    }
  }

  #averageColumns(target: Uint8Array, levels: Uint8Array): void {
    const { taps, first, weights } = this.#columns;
    const line = this.#line;
    for (let x = 0; x < target.length; x += 1) {
      const from = first[x] ?? 0;
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) sum += (weights[x * taps + tap] ?? 0) * (line[from + tap] ?? 0);
      target[x] = levels[sum | 0] ?? 0;
    }
  }
}

/** Scalers by their sizes, the few that a camera uses; the one unused longest gives way. */
export class AreaScalers {
  readonly #most: number;
  #scalers: AreaScaler[] = [];

  constructor(most = 12) {
    this.#most = most;
  }

  between(from: PlaneSize, to: PlaneSize): AreaScaler {
    const known = this.#scalers.find((scaler) => same(scaler.from, from) && same(scaler.to, to));
    const scaler = known ?? new AreaScaler(from, to);
    this.#scalers = [scaler, ...this.#scalers.filter((other) => other !== scaler)].slice(0, this.#most);
    return scaler;
  }
}

function axis(from: number, to: number): Axis {
  const scale = from / to;
  const taps = Math.ceil(scale) + 1;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let pixel = 0; pixel < to; pixel += 1) {
    const begin = pixel * scale;
    const end = Math.min(from, begin + scale);
    first[pixel] = Math.floor(begin);
    for (let tap = 0; tap < taps; tap += 1) {
      const at = Math.floor(begin) + tap;
      const covered = Math.min(end, at + 1) - Math.max(begin, at);
      if (covered > 0) weights[pixel * taps + tap] = covered / (end - begin);
    }
  }
  return { first, weights, taps };
}

function same(one: PlaneSize, other: PlaneSize): boolean {
  return one.width === other.width && one.height === other.height;
}
