/**
 * The discrete cosine transform of 8x8 values by the method of Arai, Agui and Nakajima, "A fast DCT-SQ scheme for
 * images" (1988): five multiplications a row, and coefficients that are scaled, which quantising undoes at no cost.
 */

const BLOCK = 8;

/** What the coefficients of {@link forwardDct} must be multiplied with, in the order of a block. */
export const DCT_SCALE: Float32Array = scales();

const [C2, C4, C6] = [2, 4, 6].map((k) => Math.cos((k * Math.PI) / 16)) as [number, number, number];

/** Transforms [8, 8] values in place. */
export function forwardDct(values: Float32Array): void {
  for (let row = 0; row < BLOCK; row += 1) transform(values, row * BLOCK, 1);
  for (let column = 0; column < BLOCK; column += 1) transform(values, column, BLOCK);
}

/** Eight values, `step` apart. It runs for every row of every block: no closure, no array on the way. */
function transform(values: Float32Array, at: number, step: number): void {
  const v0 = values[at] ?? 0;
  const v1 = values[at + step] ?? 0;
  const v2 = values[at + 2 * step] ?? 0;
  const v3 = values[at + 3 * step] ?? 0;
  const v4 = values[at + 4 * step] ?? 0;
  const v5 = values[at + 5 * step] ?? 0;
  const v6 = values[at + 6 * step] ?? 0;
  const v7 = values[at + 7 * step] ?? 0;

  const outer = v0 + v7 + v3 + v4;
  const inner = v1 + v6 + v2 + v5;
  const outerLess = v0 + v7 - v3 - v4;
  const turned = (v1 + v6 - v2 - v5 + outerLess) * C4;
  values[at] = outer + inner;
  values[at + 4 * step] = outer - inner;
  values[at + 2 * step] = outerLess + turned;
  values[at + 6 * step] = outerLess - turned;

  const low = v3 - v4 + v2 - v5;
  const middle = v2 - v5 + v1 - v6;
  const high = v1 - v6 + v0 - v7;
  const shared = (low - high) * C6;
  const lowTurned = (C2 - C6) * low + shared;
  const highTurned = (C2 + C6) * high + shared;
  const plus = v0 - v7 + middle * C4;
  const minus = v0 - v7 - middle * C4;
  values[at + 5 * step] = minus + lowTurned;
  values[at + 3 * step] = minus - lowTurned;
  values[at + step] = plus + highTurned;
  values[at + 7 * step] = plus - highTurned;
}

function scales(): Float32Array {
  const one = (k: number): number => (k === 0 ? 1 / Math.sqrt(8) : 1 / (4 * Math.cos((k * Math.PI) / 16)));
  return Float32Array.from(
    { length: BLOCK * BLOCK },
    (_, at) => one(at % BLOCK) * one(Math.floor(at / BLOCK)),
  );
}
