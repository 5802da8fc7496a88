import type { Box } from '../verification/montage.js';
import type { Viewport } from './perspective.js';

/** Grey levels by which a pixel must differ, in one of its colours. */
const LEAST_DIFFERENCE = 16;

/**
 * How much of the picture shows what is in `box` and in `region`: the share of its pixels that would clearly be others
 * without it. People in front of it, and colours like the ground's, hide it.
 *
 * @param frame - uint8 [height, width, 4] RGBA, without noise
 * @param without - the same moment without what is in the box
 */
export function visibleShare(
  frame: Uint8Array,
  without: Uint8Array,
  { width, height }: Viewport,
  box: Box,
  region: Box,
): number {
  const left = Math.floor(Math.max(box[0], region[0]) * width);
  const right = Math.min(box[0] + box[2], region[0] + region[2]) * width;
  const top = Math.floor(Math.max(box[1], region[1]) * height);
  const bottom = Math.min(box[1] + box[3], region[1] + region[3]) * height;
  let seen = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const at = (row * width + column) * 4;
      const differs = [at, at + 1, at + 2].some(
        (index) => Math.abs((frame[index] ?? 0) - (without[index] ?? 0)) >= LEAST_DIFFERENCE,
      );
      if (differs) seen++;
    }
  }
  return seen / (width * height);
}
