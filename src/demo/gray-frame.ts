import type { Viewport } from './perspective.js';

/** BT.601 luma, as H.264 video of this size is converted. */
const RED = 0.299;
const GREEN = 0.587;
const BLUE = 0.114;

/**
 * Shrinks a picture to a small gray one by averaging the area that each pixel covers; the aspect ratio is not
 * kept, just as when the product prepares a frame for the model.
 *
 * @param rgba - uint8 [from.height, from.width, 4]
 * @returns uint8 [to.height, to.width]
 */
export function toGray(rgba: Uint8Array, from: Viewport, to: Viewport): Uint8Array {
  const columns = shares(from.width, to.width);
  const rows = shares(from.height, to.height);
  const narrow = new Float32Array(from.height * to.width);
  for (let y = 0; y < from.height; y++) {
    for (const { source, target, weight } of columns) {
      const offset = (y * from.width + source) * 4;
      const luma =
        RED * (rgba[offset] ?? 0) + GREEN * (rgba[offset + 1] ?? 0) + BLUE * (rgba[offset + 2] ?? 0);
      narrow[y * to.width + target] = (narrow[y * to.width + target] ?? 0) + weight * luma;
    }
  }
  const small = new Float32Array(to.width * to.height);
  for (const { source, target, weight } of rows) {
    for (let x = 0; x < to.width; x++) {
      const into = target * to.width + x;
      small[into] = (small[into] ?? 0) + weight * (narrow[source * to.width + x] ?? 0);
    }
  }
  return Uint8Array.from(small, Math.round);
}

/** Which source pixels make up which target pixel, with weights that sum to one for each target. */
function shares(
  sourceLength: number,
  targetLength: number,
): { source: number; target: number; weight: number }[] {
  const ratio = sourceLength / targetLength;
  return Array.from({ length: targetLength }, (_, target) => {
    const [start, end] = [target * ratio, (target + 1) * ratio];
    const first = Math.floor(start);
    return Array.from({ length: Math.ceil(end - 1e-9) - first }, (_unused, index) => {
      const source = first + index;
      return { source, target, weight: (Math.min(end, source + 1) - Math.max(start, source)) / ratio };
    });
  }).flat();
}
