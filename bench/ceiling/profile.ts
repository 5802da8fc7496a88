/** What cameras stream; pure. */

export interface Profile {
  /** As on the command line and in `bench/out/ceiling.json`. */
  name: string;
  width: number;
  height: number;
  fps: number;
}

/** What targets are set for. */
export const mainStream: Profile = { name: '720p25', width: 1_280, height: 720, fps: 25 };
export const SUB_STREAM = '360p10';

const WIDTH = { least: 160, most: 3_840 };
const FPS_MOST = 60;

/**
 * `720p25` is 1280x720 at 25 frames a second; `640x480p15` says the width, too. Null when it is neither, or beyond what
 * cameras have.
 */
export function profileOf(text: string): Profile | null {
  const [, width, height, fps] = /^(?:(\d{1,5})x)?(\d{1,5})p(\d{1,3})$/.exec(text) ?? [];
  const tall = Number(height);
  // H.264 codes pixels in twos.
  const wide = width === undefined ? Math.round((tall * 16) / 9 / 2) * 2 : Number(width);
  const rate = Number(fps);
  const isWithin = wide >= WIDTH.least && wide <= WIDTH.most && tall >= 90 && tall <= WIDTH.most;
  if (!isWithin || rate < 1 || rate > FPS_MOST || wide % 2 === 1 || tall % 2 === 1) return null;
  return { name: text, width: wide, height: tall, fps: rate };
}
