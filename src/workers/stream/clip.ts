import type { Place } from '../../event.js';
import type { Clip, ClipWish } from '../../protocol/camera.js';
import { US_PER_S } from '../../units.js';
import { montage, montageOffsetsS, regionAround, type RgbPicture } from '../../verification/montage.js';
import type { DecodedFrame } from '../decode/decoder.js';

/** Pixels, as wide as the pictures that the shipped model was trained with. */
export const CLIP_WIDTH = 480;
/** Moments of a clip of single frames, the one that matters most first: seconds before the frame asked for. */
const frameOffsetsS = [0, 0.4, 3, 6] as const;
const JPEG_QUALITY = 85;

/**
 * Pictures of what led up to `frame`, chosen from `held`: of each moment the frame nearest to it, never a later one
 * than `frame`. A montage is made of five, repeats counted; single frames come without repeats.
 */
export function clipOf(
  frame: DecodedFrame,
  held: readonly DecodedFrame[],
  wish: ClipWish,
  box: Place['box'] | null,
): Clip {
  const earlier = held.filter(({ ptsUs }) => ptsUs <= frame.ptsUs);
  const at = (offsetS: number): DecodedFrame => nearest(earlier, frame, frame.ptsUs - offsetS * US_PER_S);
  return wish.layout === 'montage' ? montageClip(frame, at, box) : framesClip(frame, at, wish);
}

function montageClip(
  frame: DecodedFrame,
  at: (offsetS: number) => DecodedFrame,
  box: Place['box'] | null,
): Clip {
  const shown = montageOffsetsS.map(at);
  const pictures = new Map<DecodedFrame, RgbPicture>();
  const pictureOf = (of: DecodedFrame): RgbPicture => {
    const picture = pictures.get(of) ?? of.toRgb(CLIP_WIDTH);
    pictures.set(of, picture);
    return picture;
  };
  const region = regionAround(box, frame.width / frame.height);
  const composed = montage(shown.map(pictureOf), region);
  return {
    pictures: [ppm(composed)],
    mime: 'image/x-portable-pixmap',
    secondsBefore: shown.map((each) => secondsBetween(each, frame)),
  };
}

function framesClip(
  frame: DecodedFrame,
  at: (offsetS: number) => DecodedFrame,
  { count, width }: Extract<ClipWish, { layout: 'frames' }>,
): Clip {
  const shown = [...new Set(frameOffsetsS.slice(0, count).map(at))].sort((a, b) => a.ptsUs - b.ptsUs);
  return {
    pictures: shown.map((each) => each.toJpeg({ width, quality: JPEG_QUALITY, prefixBytes: 0 }).buffer),
    mime: 'image/jpeg',
    secondsBefore: shown.map((each) => secondsBetween(each, frame)),
  };
}

function nearest(frames: readonly DecodedFrame[], otherwise: DecodedFrame, ptsUs: number): DecodedFrame {
  const distance = (frame: DecodedFrame): number => Math.abs(frame.ptsUs - ptsUs);
  return frames.reduce((best, frame) => (distance(frame) < distance(best) ? frame : best), otherwise);
}

function secondsBetween(earlier: DecodedFrame, later: DecodedFrame): number {
  return (later.ptsUs - earlier.ptsUs) / US_PER_S;
}

/** A portable pixmap, binary: https://netpbm.sourceforge.net/doc/ppm.html */
function ppm({ width, height, pixels }: RgbPicture): ArrayBuffer {
  const header = new TextEncoder().encode(`P6\n${width} ${height}\n255\n`);
  const file = new Uint8Array(header.length + pixels.length);
  file.set(header);
  file.set(pixels, header.length);
  return file.buffer;
}
