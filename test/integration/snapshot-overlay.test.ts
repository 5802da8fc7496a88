import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterEach, describe, expect, it } from 'vitest';
import { Snapshots } from '../../src/actors/events/snapshots.js';
import type { Place } from '../../src/event.js';
import { CELLS } from '../../src/vad-model.js';
import { CameraThread } from '../support/camera-thread.js';
import { makeClip } from '../support/make-clip.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nunchi-overlay-'));
let camera: CameraThread;

afterEach(async () => {
  await camera.stop();
});

/** Heat in the cells of columns 6 to 9 and rows 12 to 15, and its box. */
function place(): Place {
  const heat = new Uint8Array(CELLS.count);
  for (let row = 12; row < 16; row += 1) heat.fill(255, row * CELLS.columns + 6, row * CELLS.columns + 10);
  return { heat, box: [6 / 24, 12 / 24, 4 / 24, 4 / 24] };
}

interface Picture {
  width: number;
  height: number;
  /** RGBA. */
  pixels: Uint8ClampedArray;
}

async function decode(jpeg: Uint8Array): Promise<Picture> {
  const image = await loadImage(jpeg);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  return { width, height, pixels: context.getImageData(0, 0, width, height).data };
}

/** Red, green and blue at a share of the width and the height. */
function colourAt({ width, height, pixels }: Picture, x: number, y: number): [number, number, number] {
  const at = 4 * (Math.floor(y * height) * width + Math.floor(x * width));
  return [pixels[at] ?? NaN, pixels[at + 1] ?? NaN, pixels[at + 2] ?? NaN];
}

/** Sides of the smallest rectangle around the pixels in which two pictures differ; null when none does. */
function changedArea(a: Picture, b: Picture) {
  const changed = [...a.pixels.keys()].filter((at) => a.pixels[at] !== b.pixels[at]).map((at) => at >> 2);
  if (changed.length === 0) return null;
  const columns = changed.map((pixel) => pixel % a.width);
  const rows = changed.map((pixel) => Math.floor(pixel / a.width));
  const ends = (sides: number[]): [number, number] => [
    sides.reduce((least, side) => Math.min(least, side)),
    sides.reduce((most, side) => Math.max(most, side)),
  ];
  return { columns: ends(columns), rows: ends(rows) };
}

describe('the overlay of a snapshot', () => {
  it.each([
    ['of its own size', 320, 240, 1280],
    ['scaled down, with sides that no cell fits evenly', 320, 240, 202],
  ])('%s is the same frame, changed only where there is heat', async (_name, width, height, maxWidth) => {
    const clip = path.join(folder, `${maxWidth}.mp4`);
    makeClip(clip, { width, height, seconds: 2 });
    camera = new CameraThread();
    await camera.open(clip, { loop: true });
    await camera.until(() => camera.vadFrames.length >= 3);
    const ptsUs = camera.vadFrames.at(-1)?.ptsUs ?? NaN;
    const take = (marked?: Place) => camera.thread.call('snapshot', [ptsUs, maxWidth, marked], 1_000);
    const jpegs = await Promise.all([take(), take(place()), take()]);

    const snapshots = new Snapshots(folder);
    await snapshots.save('event', jpegs[0], jpegs[1]);
    const plain = await decode((await snapshots.read('event', 'plain')) ?? new Uint8Array());
    const overlay = await decode((await snapshots.read('event', 'overlay')) ?? new Uint8Array());
    expect([overlay.width, overlay.height]).toEqual([plain.width, plain.height]);
    expect(plain.width).toBe(Math.min(width, maxWidth));

    const [red, , blue] = colourAt(overlay, 8 / 24, 14 / 24);
    const [plainRed, , plainBlue] = colourAt(plain, 8 / 24, 14 / 24);
    expect(red - blue).toBeGreaterThan(80);
    expect(Math.abs(plainRed - plainBlue)).toBeLessThan(12);

    const { columns, rows } = changedArea(plain, overlay) ?? { columns: [NaN, NaN], rows: [NaN, NaN] };
    // JPEG works in blocks of 16 pixels, and a pixel that is changed in one of them changes all of it.
    const block = 16;
    expect(columns[0]).toBeGreaterThanOrEqual((plain.width * 5) / 24 - block);
    expect(columns[1]).toBeLessThan((plain.width * 11) / 24 + block);
    expect(rows[0]).toBeGreaterThanOrEqual((plain.height * 11) / 24 - block);
    expect(rows[1]).toBeLessThan((plain.height * 17) / 24 + block);
    expect(changedArea(plain, await decode(new Uint8Array(jpegs[2])))).toBeNull();
  });
});
