/** The one picture that the shipped VLM looks at: the whole scene, and its conspicuous part at several times. */

/** A picture whose pixels are uint8 [height, width, 3] RGB. */
export interface RgbPicture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** x, y, width and height: shares of the picture's sides from its top left corner, in [0, 1], as in `Place`. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** How long before the newest picture the others were taken, in seconds. */
export const montageOffsetsS = [6, 3, 0.4, 0.2, 0] as const;

/** Width and height of a montage in pixels. */
export const MONTAGE_SIDE = 192;

const TILE = 64;
const [OLDEST, OLDER, NEWEST] = [0, 1, 4] as const;
/** The last three pictures: what they show of one thing lies side by side, its colours telling whereto it moves. */
const MOTION = [2, 3, 4] as const;

/** A square of the montage: where it lies and how large it is, in pixels, and what it shows. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly shows: 'region' | 'whole';
  /** Of which pictures, by their place in `montageOffsetsS`: one in its colours, or three in gray, one a channel. */
  readonly pictures: readonly [number] | readonly [red: number, green: number, blue: number];
}

export const tiles: readonly Tile[] = [
  { x: 0, y: 0, side: 2 * TILE, shows: 'region', pictures: MOTION },
  { x: 2 * TILE, y: 0, side: TILE, shows: 'region', pictures: [OLDEST] },
  { x: 2 * TILE, y: TILE, side: TILE, shows: 'region', pictures: [OLDER] },
  { x: 0, y: 2 * TILE, side: TILE, shows: 'whole', pictures: [NEWEST] },
  { x: TILE, y: 2 * TILE, side: TILE, shows: 'whole', pictures: MOTION },
  { x: 2 * TILE, y: 2 * TILE, side: TILE, shows: 'region', pictures: [NEWEST] },
];

const WHOLE_PICTURE: Box = [0, 0, 1, 1];
/** Side of the region by the longer side of what it is about. */
const MARGIN = 2;
/** Least side of the region as a share of the picture's height: less is blurred, and shows nothing around. */
const LEAST_SIDE = 0.3;

/**
 * What to show of a scene for something in `box`: a square about its centre, moved to lie within the picture. It is
 * narrower than high only in a picture that is narrower than it, and wider only for a box that is wider than the
 * picture is high. Without a box: the whole picture.
 *
 * @param aspect - width of the picture by its height
 */
export function regionAround(box: Box | null, aspect: number): Box {
  if (box === null) return WHOLE_PICTURE;
  const [x, y, width, height] = box;
  // In heights of the picture, where a square is a square.
  const side = Math.max(LEAST_SIDE, MARGIN * Math.max(width * aspect, height));
  const high = Math.min(side, 1);
  const wide = Math.min(Math.max(high, width * aspect), aspect) / aspect;
  return [within(x + width / 2 - wide / 2, wide), within(y + height / 2 - high / 2, high), wide, high];
}

/** Start of a stretch of this length that lies in [0, 1], as near to `start` as can be. */
function within(start: number, length: number): number {
  return Math.min(Math.max(start, 0), 1 - length);
}

/**
 * Puts the pictures together as `tiles` say. Pixels are averages of the areas that they cover.
 *
 * @param pictures - one for each of `montageOffsetsS`, in that order, all of one camera
 * @returns a new picture of 192 x 192 pixels
 */
export function montage(pictures: readonly RgbPicture[], region: Box): RgbPicture {
  if (pictures.length !== montageOffsetsS.length)
    throw new Error(`${pictures.length} pictures for ${montageOffsetsS.length} moments`);
  const pixels = new Uint8Array(MONTAGE_SIDE * MONTAGE_SIDE * 3);
  for (const tile of tiles) {
    const shown = tile.shows === 'region' ? region : WHOLE_PICTURE;
    const parts = tile.pictures.flatMap((index) => pictures[index] ?? []);
    const [part, ...others] = parts.map((picture) => shrunk(picture, shown, tile.side));
    if (part !== undefined) put(others.length > 0 ? inOne([part, ...others]) : part, tile, pixels);
  }
  return { width: MONTAGE_SIDE, height: MONTAGE_SIDE, pixels };
}

/** Weights of red, green and blue in the brightness of a pixel (ITU-R BT.601). */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

/** Three pictures, in gray, as the red, the green and the blue of one. */
function inOne(parts: readonly Uint8Array[]): Uint8Array {
  const pixels = new Uint8Array(parts[0]?.length ?? 0);
  parts.forEach((part, channel) => {
    for (let at = 0; at < part.length; at += 3) {
      const gray = RED * (part[at] ?? 0) + GREEN * (part[at + 1] ?? 0) + BLUE * (part[at + 2] ?? 0);
      pixels[at + channel] = Math.round(gray);
    }
  });
  return pixels;
}

function put(part: Uint8Array, { x, y, side }: Tile, into: Uint8Array): void {
  for (let row = 0; row < side; row++) {
    into.set(part.subarray(row * side * 3, (row + 1) * side * 3), ((y + row) * MONTAGE_SIDE + x) * 3);
  }
}

/** The region of a picture in a square of so many pixels: first along the rows, then down the columns. */
function shrunk(picture: RgbPicture, [x, y, width, height]: Box, side: number): Uint8Array {
  const columns = coverage(x * picture.width, width * picture.width, side, picture.width);
  const rows = coverage(y * picture.height, height * picture.height, side, picture.height);
  const stride = side * 3;
  const [top, bottom] = [rows.first[0] ?? 0, (rows.first.at(-1) ?? 0) + (rows.weights.at(-1)?.length ?? 0)];
  const narrow = new Float32Array((bottom - top) * stride);
  for (let row = top; row < bottom; row++) {
    narrowRow(picture, row, columns, narrow.subarray((row - top) * stride, (row - top + 1) * stride));
  }
  const pixels = new Uint8Array(side * stride);
  const line = new Float32Array(stride);
  for (let to = 0; to < side; to++) {
    line.fill(0);
    let from = ((rows.first[to] ?? 0) - top) * stride;
    for (const weight of rows.weights[to] ?? []) {
      for (let at = 0; at < stride; at++) line[at] = (line[at] ?? 0) + weight * (narrow[from + at] ?? 0);
      from += stride;
    }
    pixels.set(line.map(Math.round), to * stride);
  }
  return pixels;
}

function narrowRow({ width, pixels }: RgbPicture, row: number, columns: Coverage, into: Float32Array): void {
  for (let to = 0; to < columns.first.length; to++) {
    let offset = (row * width + (columns.first[to] ?? 0)) * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const weight of columns.weights[to] ?? []) {
      red += weight * (pixels[offset] ?? 0);
      green += weight * (pixels[offset + 1] ?? 0);
      blue += weight * (pixels[offset + 2] ?? 0);
      offset += 3;
    }
    into[to * 3] = red;
    into[to * 3 + 1] = green;
    into[to * 3 + 2] = blue;
  }
}

/** For each target pixel: the first source pixel that it covers, and the shares of it and of those after it. */
interface Coverage {
  readonly first: readonly number[];
  readonly weights: readonly (readonly number[])[];
}

function coverage(start: number, length: number, targets: number, sources: number): Coverage {
  const step = length / targets;
  const first: number[] = [];
  const weights: number[][] = [];
  for (let target = 0; target < targets; target++) {
    const from = start + target * step;
    // Rounding may put the end a hair beyond the picture, or into a pixel of which it covers nothing.
    const to = Math.min(from + step, sources);
    const begin = Math.min(Math.floor(from + 1e-6), sources - 1);
    const end = Math.max(begin + 1, Math.ceil(to - 1e-6));
    const shares = Array.from({ length: end - begin }, (_, index) =>
      Math.max(0, Math.min(to, begin + index + 1) - Math.max(from, begin + index)),
    );
    const sum = shares.reduce((total, share) => total + share, 0);
    first.push(begin);
    weights.push(sum > 0 ? shares.map((share) => share / sum) : shares.map(() => 1 / shares.length));
  }
  return { first, weights };
}
