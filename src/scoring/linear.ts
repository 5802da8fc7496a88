/** Dense linear algebra on flat float64 arrays; matrices row by row. */

export type Vector = Float64Array;

export interface Matrix {
  rows: number;
  columns: number;
  /** rows x columns. */
  values: Vector;
}

/** out = matrix * x */
export function multiply({ rows, columns, values }: Matrix, x: Vector, out: Vector): void {
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    for (let column = 0; column < columns; column += 1) {
      sum += (values[row * columns + column] ?? 0) * (x[column] ?? 0);
    }
    out[row] = sum;
  }
}

/** out = transposed matrix * y */
export function multiplyTransposed({ rows, columns, values }: Matrix, y: Vector, out: Vector): void {
  out.fill(0);
  for (let row = 0; row < rows; row += 1) {
    const weight = y[row] ?? 0;
    for (let column = 0; column < columns; column += 1) {
      out[column] = (out[column] ?? 0) + weight * (values[row * columns + column] ?? 0);
    }
  }
}

/** matrix += y * transposed x */
export function addOuter({ rows, columns, values }: Matrix, y: Vector, x: Vector): void {
  for (let row = 0; row < rows; row += 1) {
    const weight = y[row] ?? 0;
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      values[at] = (values[at] ?? 0) + weight * (x[column] ?? 0);
    }
  }
}

/** out += x, both of one length */
export function add(out: Vector, x: Vector): void {
  for (let i = 0; i < out.length; i += 1) out[i] = (out[i] ?? 0) + (x[i] ?? 0);
}

/** out = a .* b, element by element */
export function multiplyEach(a: Vector, b: Vector, out: Vector): void {
  for (let i = 0; i < out.length; i += 1) out[i] = (a[i] ?? 0) * (b[i] ?? 0);
}

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
