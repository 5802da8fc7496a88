import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCameras } from '../../src/demo/demo-cameras.js';
import { packagePath } from '../../src/paths.js';
import { Product, temporaryDir, type Exit, type AnsweredCamera } from '../support/product.js';

const SECONDS = 60;
const ids = Array.from({ length: 16 }, (_, i) => `cam${i + 1}`);
const watched = ['cam3', 'cam9'];

interface Received {
  atMs: number;
  cameraIndex: number;
  sequence: number;
}

let product: Product;
let received: Received[];
let indexes: number[];
let exit: Exit;
let stopMs: number;
let cameras: AnsweredCamera[];
let stats: { vad: { frames: number; failures: number; readingsDiscarded: number } };

beforeAll(
  async () => {
    const clips = ids.map((id, i) => {
      const clip = demoCameras[i % demoCameras.length]?.clip ?? '';
      return ['--camera', `${id}=${packagePath(`src/demo/clips/${clip}`)}`];
    });
    product = await Product.start([...clips.flat(), '--data-dir', temporaryDir('sixteen')]);
    const socket = await product.socket({ type: 'subscribe', camera_ids: watched, fps: 5 });
    received = [];
    indexes = [];
    socket.on('message', (data: Buffer, binary) => {
      if (binary) {
        const frame = {
          atMs: performance.now(),
          cameraIndex: data.readUInt32LE(4),
          sequence: data.readUInt32LE(8),
        };
        received.push(frame);
      } else {
        const message = JSON.parse(data.toString()) as { type: string; cameras?: { index: number }[] };
        if (message.type === 'subscribed') indexes = message.cameras?.map(({ index }) => index) ?? [];
      }
    });
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
    cameras = await product.cameras();
    stats = await product.get('/api/stats');
    const stopAt = performance.now();
    exit = await product.stop();
    stopMs = performance.now() - stopAt;
  },
  (SECONDS + 60) * 1_000,
);

afterAll(() => {
  product.kill('SIGKILL');
});

describe(`sixteen cameras for ${SECONDS} s`, () => {
  it('all stream, without a restart', () => {
    expect(cameras.map(({ state }) => state)).toEqual(ids.map(() => 'streaming'));
    expect(product.log).not.toMatch(/failed|quarantined|backing_off/);
  });

  it('score at 5 frames a second each, with at most 1% dropped', () => {
    expect(stats.vad.failures).toBe(0);
    expect(stats.vad.readingsDiscarded).toBe(0);
    expect(stats.vad.frames).toBeGreaterThan(0.99 * (SECONDS - 3) * 5 * ids.length);
  });

  it('a client gets 4.75 to 5.25 frames a second of each of its two, and nothing of the other fourteen', () => {
    expect([...new Set(received.map(({ cameraIndex }) => cameraIndex))].sort()).toEqual([...indexes].sort());
    for (const index of indexes) {
      const frames = received.filter(({ cameraIndex }) => cameraIndex === index).slice(5);
      const seconds = ((frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)) / 1_000;
      const rate = (frames.length - 1) / seconds;
      expect(rate).toBeGreaterThanOrEqual(4.75);
      expect(rate).toBeLessThanOrEqual(5.25);
      expect(frames.every(({ sequence }, i) => i === 0 || sequence > (frames[i - 1]?.sequence ?? 0))).toBe(
        true,
      );
    }
  });

  it('SIGTERM under that load ends with exit code 0 within 10 s', () => {
    expect(exit).toEqual({ code: 0, signal: null });
    expect(stopMs).toBeLessThan(10_000);
  });
});
