import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LIVE_HEADER, VAD_FRAME } from '../../src/frame.js';
import { backends } from '../support/backends.js';
import { CameraThread } from '../support/camera-thread.js';
import { makeBareStream, makeClip } from '../support/make-clip.js';

const folder = mkdtempSync(join(tmpdir(), 'nunchi-camera-'));
const clip = join(folder, 'clip.mp4');
const shortClip = join(folder, 'short.mp4');
const bareStream = join(folder, 'two-sizes.h264');
const wideStream = join(folder, 'too-wide.h264');

const SOI = 'ffd8';

beforeAll(() => {
  makeClip(clip, { seconds: 3 });
  makeClip(shortClip, { seconds: 0.6 });
  makeBareStream(bareStream, [{ seconds: 1 }, { width: 160, height: 120, seconds: 1 }]);
  makeBareStream(wideStream, [{ seconds: 1 }, { width: 16_384, height: 32, seconds: 0.2 }]);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let camera: CameraThread;

afterEach(async () => {
  await camera.stop();
});

function hexAt(buffer: ArrayBuffer, offset: number): string {
  return Buffer.from(buffer, offset, 2).toString('hex');
}

/** Width and height from the JPEG's start-of-frame segment. */
function jpegSize(jpeg: Buffer): { width: number; height: number } {
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  return { width: jpeg.readUInt16BE(frame + 7), height: jpeg.readUInt16BE(frame + 5) };
}

function gaps(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? 0));
}

describe.each(backends)('a file, decoded by $backend', ({ decode, isHere }) => {
  if (!isHere) {
    it.skip('needs ffmpeg 5.1 or newer');
    return;
  }

  it('plays once in real time, sampled at 5 FPS, and closes without an error', async () => {
    camera = new CameraThread({ decode });
    const info = await camera.open(clip);
    expect(info).toEqual({ width: 320, height: 240, fps: 25, codec: 'h264' });
    const { error } = await camera.closed();
    expect(error).toBeNull();

    const frames = camera.vadFrames;
    expect(frames.length).toBe(15);
    expect(frames.every(({ bytes }) => bytes === VAD_FRAME.bytes)).toBe(true);
    const [first, last] = [frames[0], frames.at(-1)];
    const streamS = ((last?.ptsUs ?? 0) - (first?.ptsUs ?? 0)) / 1e6;
    expect(streamS).toBeCloseTo(2.8, 1);
    expect(((last?.arrivedMs ?? 0) - (first?.arrivedMs ?? 0)) / 1000).toBeCloseTo(streamS, 0);
    expect((last?.wallTime ?? 0) - (first?.wallTime ?? 0)).toBeCloseTo(streamS, 1);

    const counters = camera.of('progress').at(-1)?.counters;
    expect(counters).toMatchObject({ packets: 75, decodedFrames: 75, corruptPackets: 0, vadFrames: 15 });
    expect(counters?.ringBytes).toBeGreaterThan(0);
    expect(counters?.ringSeconds).toBeCloseTo(2.96, 1);
    expect(camera.of('progress').length).toBeLessThanOrEqual(4);
    expect(camera.of('live')).toEqual([]);
  });

  it('gives the VAD fewer frames when told to, evenly spaced', async () => {
    camera = new CameraThread({ decode });
    await camera.open(clip, { loop: true });
    await camera.until(() => camera.vadFrames.length >= 3);
    await camera.thread.call('setVadFps', [2.5], 1000);
    const before = camera.vadFrames.length + 1;
    await camera.until(() => camera.vadFrames.length >= before + 4);
    const steps = gaps(camera.vadFrames.slice(before).map(({ ptsUs }) => ptsUs));
    for (const step of steps) expect(step).toBe(400_000);
  });

  it.each([
    ['MP4', 40_000, shortClip],
    // Without timestamps of its own, frames are placed by when they were decoded, which is less even.
    ['bare H.264 stream', 120_000, bareStream],
  ])('looped as %s goes on at its start, in steps of %d us at most', async (_name, maxStepUs, file) => {
    camera = new CameraThread({ decode, vadFps: 25, vadBuffers: 64 });
    await camera.open(file, { loop: true });
    await camera.until(() => camera.vadFrames.length >= 60);
    const steps = gaps(camera.vadFrames.map(({ ptsUs }) => ptsUs));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThanOrEqual(maxStepUs);
  });

  it('of several sizes goes on after the change, and one too large is rejected', async () => {
    camera = new CameraThread({ decode });
    await camera.open(bareStream);
    await camera.thread.call('setLive', [{ fps: 25, width: 320, quality: 60 }], 1000);
    expect((await camera.closed()).error).toBeNull();
    const widths = new Set(camera.of('live').map(({ width }) => width));
    expect(widths).toEqual(new Set([320, 160]));

    camera.messages.length = 0;
    await camera.open(wideStream);
    expect((await camera.closed()).error).toMatchObject({ code: 'camera.frame_rejected' });
  });
});

describe.each(backends)('live view and snapshots, decoded by $backend', ({ decode, isHere }) => {
  if (!isHere) {
    it.skip('needs ffmpeg 5.1 or newer');
    return;
  }

  it('encodes only while somebody watches, at the width asked for', async () => {
    camera = new CameraThread({ decode });
    await camera.open(clip, { loop: true });
    await camera.until(() => camera.vadFrames.length >= 3);
    expect(camera.of('live')).toEqual([]);

    await camera.thread.call('setLive', [{ fps: 10, width: 200, quality: 70 }], 1000);
    await camera.until(() => camera.of('live').length >= 4);
    const live = camera.of('live');
    for (const { frame, width, height } of live) {
      expect({ width, height }).toEqual({ width: 200, height: 150 });
      expect(hexAt(frame, LIVE_HEADER.bytes)).toBe(SOI);
      expect(jpegSize(Buffer.from(frame, LIVE_HEADER.bytes))).toEqual({ width: 200, height: 150 });
    }

    await camera.thread.call('setLive', [null], 1000);
    const { length } = camera.of('live');
    const vadFrames = camera.vadFrames.length;
    await camera.until(() => camera.vadFrames.length >= vadFrames + 3);
    expect(camera.of('live').length).toBe(length);
  });

  it('never enlarges a picture', async () => {
    camera = new CameraThread({ decode });
    await camera.open(clip);
    await camera.thread.call('setLive', [{ fps: 25, width: 1920, quality: 90 }], 1000);
    await camera.until(() => camera.of('live').length > 0);
    expect(camera.of('live')[0]).toMatchObject({ width: 320, height: 240 });
  });

  it('takes a snapshot of a recent sample, and has none without a stream', async () => {
    camera = new CameraThread({ decode });
    await expect(camera.thread.call('snapshot', [null, 320], 1000)).rejects.toMatchObject({
      code: 'camera.not_streaming',
    });
    await camera.open(clip);
    await camera.until(() => camera.vadFrames.length >= 4);
    const newest = await camera.thread.call('snapshot', [null, 320], 1000);
    const oldest = await camera.thread.call('snapshot', [camera.vadFrames[0]?.ptsUs ?? NaN, 160], 1000);
    expect(hexAt(newest, 0)).toBe(SOI);
    expect(jpegSize(Buffer.from(newest))).toEqual({ width: 320, height: 240 });
    expect(jpegSize(Buffer.from(oldest))).toEqual({ width: 160, height: 120 });
    await expect(camera.thread.call('snapshot', [1, 160], 1000)).rejects.toMatchObject({
      code: 'snapshot.not_found',
    });
  });
});

describe.each(backends)('control, decoded by $backend', ({ decode, isHere }) => {
  if (!isHere) {
    it.skip('needs ffmpeg 5.1 or newer');
    return;
  }

  it('sends no more frames than the GPU worker has buffers for, and counts the rest', async () => {
    camera = new CameraThread({ decode, vadFps: 25, vadBuffers: 3, returnBuffers: false });
    await camera.open(shortClip);
    await camera.closed();
    expect(camera.vadFrames.length).toBe(3);
    expect(camera.of('progress').at(-1)?.counters).toMatchObject({ vadFrames: 3, vadFramesDropped: 12 });
  });

  it('goes on with new buffers when the GPU worker is replaced, whatever the last one held', async () => {
    camera = new CameraThread({ decode, vadBuffers: 2, returnBuffers: false });
    await camera.open(clip, { loop: true });
    await camera.until(() => camera.vadFrames.length === 2);
    camera.replaceGpu();
    await camera.until(() => camera.vadFrames.length === 4);
  });

  it('opens another stream after closing the first', async () => {
    camera = new CameraThread({ decode });
    await camera.open(clip, { loop: true });
    await camera.until(() => camera.vadFrames.length >= 1);
    await camera.open(shortClip);
    await camera.until(() => camera.of('closed').length === 2);
    expect(camera.of('closed').map(({ error }) => error)).toEqual([null, null]);
  });

  it('stops within a second while it streams, and the thread runs out by itself', async () => {
    camera = new CameraThread({ decode });
    await camera.open(clip, { loop: true });
    await camera.until(() => camera.vadFrames.length >= 2);
    const startedMs = performance.now();
    await camera.stop();
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect((await camera.thread.exited).error).toBeNull();
  });

  it('says that a session is over when asked to close it, and opens again', async () => {
    camera = new CameraThread({ decode });
    await camera.open(clip, { loop: true });
    await camera.until(() => camera.vadFrames.length >= 1);
    await camera.thread.call('close', [], 1000);
    expect(await camera.closed()).toEqual({ type: 'closed', error: null });
    const frames = camera.vadFrames.length;
    await camera.open(clip);
    await camera.until(() => camera.vadFrames.length > frames);
  });
});
