import { VAD_FRAME } from '../frame.js';

const { width: WIDTH, height: HEIGHT } = VAD_FRAME;

/** Cells of 8x8 px: small enough to tell objects from the whole picture, large enough to average noise out. */
export const GRID = { cellSize: 8, columns: WIDTH / 8, rows: HEIGHT / 8, cells: (WIDTH / 8) * (HEIGHT / 8) };

const CELL_PIXELS = GRID.cellSize ** 2;

/** What one picture is like, cell by cell in row order, and how it differs from the picture before. Gray levels. */
export interface PictureStatistics {
  /** float32 [cells]: mean brightness, 0 to 255. */
  readonly mean: Float32Array;
  /** float32 [cells]: mean absolute gradient of a pixel, both directions added. */
  readonly texture: Float32Array;
  /** float32 [cells]: mean absolute difference of a pixel to the picture before. */
  readonly change: Float32Array;
  /** float32 [width]: mean brightness of each column. */
  readonly columnProfile: Float32Array;
  /** float32 [height]: mean brightness of each row. */
  readonly rowProfile: Float32Array;
}

/** Measures a picture in one pass; both are uint8 [192, 192] gray and stay the caller's. */
export function measurePicture(pixels: Uint8Array, previous: Uint8Array): PictureStatistics {
  // Whole numbers until the end: summing them is several times as fast as summing floats.
  const brightness = new Int32Array(GRID.cells);
  const gradient = new Int32Array(GRID.cells);
  const difference = new Int32Array(GRID.cells);
  const columns = new Int32Array(WIDTH);
  const rows = new Int32Array(HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) {
    const row = y * WIDTH;
    // The first row and the first column have no neighbour before them: each stands in for its own.
    const above = Math.max(0, y - 1) * WIDTH;
    let cell = Math.floor(y / GRID.cellSize) * GRID.columns;
    let left = pixels[row] ?? 0;
    let rowSum = 0;
    for (let start = 0; start < WIDTH; start += GRID.cellSize, cell += 1) {
      let sum = 0;
      let steps = 0;
      let changes = 0;
      for (let x = start; x < start + GRID.cellSize; x += 1) {
        const value = pixels[row + x] ?? 0;
        sum += value;
        steps += Math.abs(value - left) + Math.abs(value - (pixels[above + x] ?? 0));
        changes += Math.abs(value - (previous[row + x] ?? 0));
        columns[x] = (columns[x] ?? 0) + value;
        left = value;
      }
      brightness[cell] = (brightness[cell] ?? 0) + sum;
      gradient[cell] = (gradient[cell] ?? 0) + steps;
      difference[cell] = (difference[cell] ?? 0) + changes;
      rowSum += sum;
    }
    rows[y] = rowSum;
  }
  return {
    mean: dividedBy(CELL_PIXELS, brightness),
    texture: dividedBy(CELL_PIXELS, gradient),
    change: dividedBy(CELL_PIXELS, difference),
    columnProfile: dividedBy(HEIGHT, columns),
    rowProfile: dividedBy(WIDTH, rows),
  };
}

function dividedBy(count: number, sums: Int32Array): Float32Array {
  const means = new Float32Array(sums.length);
  for (let i = 0; i < means.length; i += 1) means[i] = (sums[i] ?? 0) / count;
  return means;
}

/**
 * The value below which a share `q` in [0, 1) of the values lies; NaN of nothing. Finds it without sorting (Hoare:
 * Algorithm 65, FIND, Communications of the ACM, 1961).
 */
export function quantileOf(values: Float32Array, q: number): number {
  const items = values.slice();
  const wanted = Math.floor(q * items.length);
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const pivot = items[wanted] ?? NaN;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((items[i] ?? NaN) < pivot) i += 1;
      while ((items[j] ?? NaN) > pivot) j -= 1;
      if (i > j) break;
      const swapped = items[i] ?? NaN;
      items[i] = items[j] ?? NaN;
      items[j] = swapped;
      i += 1;
      j -= 1;
    }
    if (j < wanted) low = i;
    if (wanted < i) high = j;
  }
  return items[wanted] ?? NaN;
}

/** Share in [0, 1] of the values that `holds` for; 0 of nothing. */
export function shareOf(values: Float32Array, holds: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (holds(value)) count += 1;
  return values.length === 0 ? 0 : count / values.length;
}

/**
 * The least-squares line `after = slope * before + offset`, and how well it fits: Pearson's correlation, 0 where
 * either is constant.
 */
export function fitLine(before: Float32Array, after: Float32Array): { slope: number; correlation: number } {
  const [meanBefore, meanAfter] = [meanOf(before), meanOf(after)];
  let [squaresBefore, squaresAfter, products] = [0, 0, 0];
  for (let i = 0; i < before.length; i += 1) {
    const x = (before[i] ?? 0) - meanBefore;
    const y = (after[i] ?? 0) - meanAfter;
    squaresBefore += x * x;
    squaresAfter += y * y;
    products += x * y;
  }
  return {
    slope: squaresBefore > 0 ? products / squaresBefore : 0,
    correlation: products === 0 ? 0 : products / Math.sqrt(squaresBefore * squaresAfter),
  };
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
