import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClipWish } from '../../src/protocol/camera.js';
import { MONTAGE_SIDE, tiles, type Tile } from '../../src/verification/montage.js';
import { CameraThread } from '../support/camera-thread.js';
import { makeClip } from '../support/make-clip.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nunchi-clip-'));
let camera: CameraThread;

afterEach(async () => {
  await camera.stop();
});

async function start(width: number, height: number, seconds: number): Promise<number> {
  const file = path.join(folder, `${width}x${height}.mp4`);
  makeClip(file, { width, height, seconds });
  camera = new CameraThread();
  await camera.open(file, { loop: true });
  await camera.until(() => (camera.vadFrames.at(-1)?.ptsUs ?? 0) >= seconds * 1e6);
  return camera.vadFrames.at(-1)?.ptsUs ?? NaN;
}

/** The tile that shows the whole picture in its colours. */
function wholeTile(): Tile {
  const tile = tiles.find(({ shows, pictures }) => shows === 'whole' && pictures.length === 1);
  if (tile === undefined) throw new Error('no tile shows the whole picture');
  return tile;
}

const clipOf = (ptsUs: number, wish: ClipWish) => camera.thread.call('clip', [ptsUs, wish, null], 2_000);

/** Red, green and blue of a JPEG at shares of its sides. */
async function jpegColour(jpeg: ArrayBuffer, x: number, y: number): Promise<number[]> {
  const image = await loadImage(Buffer.from(jpeg));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return [...context.getImageData(x * image.width, y * image.height, 1, 1).data.subarray(0, 3)];
}

describe('a clip of a camera', () => {
  it('shows the moments before a frame, and how long before they were', async () => {
    const ptsUs = await start(640, 360, 4);
    const frames = await clipOf(ptsUs, { layout: 'frames', count: 4, width: 320 });
    expect(frames.mime).toBe('image/jpeg');
    const [oldest = NaN, older = NaN, recent = NaN, newest = NaN] = frames.secondsBefore;
    expect(oldest).toBeGreaterThanOrEqual(older);
    expect(older).toBeGreaterThan(2);
    expect([recent, newest]).toEqual([expect.closeTo(0.4, 1), 0]);
    for (const jpeg of frames.pictures) {
      const { width, height } = await loadImage(Buffer.from(jpeg));
      expect([width, height]).toEqual([320, 180]);
    }
  });

  it.each([
    ['wide', 640, 360],
    ['of its own small and uneven size', 202, 150],
    ['upright', 270, 480],
  ])('that is %s has the same colours as a montage', async (_name, width, height) => {
    const ptsUs = await start(width, height, 2);
    const montage = await clipOf(ptsUs, { layout: 'montage' });
    expect(montage.secondsBefore.at(-1)).toBe(0);
    const file = new Uint8Array(montage.pictures[0] ?? new ArrayBuffer(0));
    const pixels = file.subarray(file.length - 3 * MONTAGE_SIDE ** 2);
    const { pictures } = await clipOf(ptsUs, { layout: 'frames', count: 1, width: 640 });
    const whole = wholeTile();
    for (const [x, y] of [
      [0.1, 0.9],
      [0.5, 0.2],
      [0.9, 0.9],
    ] as const) {
      const at =
        3 * (Math.floor(whole.y + y * whole.side) * MONTAGE_SIDE + Math.floor(whole.x + x * whole.side));
      const jpeg = await jpegColour(pictures[0] ?? new ArrayBuffer(0), x, y);
      for (let channel = 0; channel < 3; channel += 1) {
        expect(Math.abs((pixels[at + channel] ?? NaN) - (jpeg[channel] ?? NaN))).toBeLessThan(16);
      }
    }
  });

  it('is refused of a frame that is not held any more', async () => {
    await start(320, 240, 2);
    await expect(clipOf(1, { layout: 'montage' })).rejects.toMatchObject({ code: 'snapshot.not_found' });
  });
});
