import { framesOf } from './clip-frames.js';

/** Wide enough to recognise what happened, small enough for many in one page. */
const WIDTH = 480;
const QUALITY = 75;

/**
 * JPEG data URIs of the frames at these times (microseconds from the clip's first frame), by time. Decodes the clip anew:
 * to keep pictures while it is scored would take memory for frames that nobody asks for. Throws what
 * {@link framesOf} throws.
 */
export function picturesAt(file: string, times: Iterable<number>): Map<number, string> {
  const wanted = new Set(times);
  const pictures = new Map<number, string>();
  if (wanted.size === 0) return pictures;
  for (const { atUs, picture } of framesOf(file)) {
    if (!wanted.delete(atUs)) continue;
    const { buffer } = picture.toJpeg({ width: WIDTH, quality: QUALITY, prefixBytes: 0 });
    pictures.set(atUs, `data:image/jpeg;base64,${Buffer.from(buffer).toString('base64')}`);
    if (wanted.size === 0) break;
  }
  return pictures;
}
