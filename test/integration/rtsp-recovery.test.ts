import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { demoCameras } from '../../src/demo/demo-cameras.js';
import { packagePath } from '../../src/paths.js';
import { loadCodedClip } from '../support/coded-clip.js';
import { makeClip } from '../support/make-clip.js';
import { eventually, Product, temporaryDir, type AnsweredCamera } from '../support/product.js';
import { RtspServer } from '../support/rtsp-server.js';

interface Frame {
  sequence: number;
  wallTime: number;
}

const dir = temporaryDir('rtsp');
const clip = path.join(dir, 'clip.mp4');
const frames = new Map<number, Frame[]>();
let server: RtspServer;
let product: Product;
let socket: WebSocket;

beforeAll(async () => {
  makeClip(clip, { seconds: 4, fps: 10, gop: 10 });
  server = new RtspServer({ '/faulty': loadCodedClip(clip), '/steady': loadCodedClip(clip) });
  await server.listen();
  product = await Product.start([
    ...['--camera', `faulty=${server.url('/faulty', 'operator:open-sesame@')}`],
    ...['--camera', `steady=${server.url('/steady')}`],
    ...['--camera', `file=${packagePath(`src/demo/clips/${demoCameras[0].clip}`)}`],
    ...['--data-dir', path.join(dir, 'data')],
  ]);
  await stateOfFaulty('streaming');
  socket = await product.socket({ type: 'subscribe', camera_ids: ['faulty', 'steady', 'file'] });
  socket.on('message', (data: Buffer, binary) => {
    if (!binary) return;
    const index = data.readUInt32LE(4);
    const frame = { sequence: data.readUInt32LE(8), wallTime: data.readDoubleLE(16) };
    frames.set(index, [...(frames.get(index) ?? []), frame]);
  });
});

afterAll(async () => {
  await product.stop();
  await server.close();
  rmSync(dir, { recursive: true });
});

function stateOfFaulty(...states: AnsweredCamera['state'][]): Promise<AnsweredCamera> {
  return eventually(
    async () => {
      const view = await product.camera('faulty');
      return states.includes(view.state) ? view : undefined;
    },
    `camera ${states.join(' or ')}`,
    15_000,
  );
}

/** Resolves once a further live frame of the camera has come. */
function nextFrameOf(index: number): Promise<Frame> {
  const before = frames.get(index)?.length ?? 0;
  return eventually(() => Promise.resolve(frames.get(index)?.[before]), `a frame of camera ${index}`, 15_000);
}

describe('an RTSP camera that fails', () => {
  it('streams to begin with', async () => {
    await nextFrameOf(0);
  });

  it('comes back after a stall, which is noticed within 7 s', async () => {
    const stalledMs = performance.now();
    server.stall('/faulty', true);
    await stateOfFaulty('stalled', 'backing_off');
    expect(performance.now() - stalledMs).toBeLessThan(7_000);
    const backingOff = await stateOfFaulty('backing_off');
    expect(backingOff.last_error?.code).toBe('camera.stalled');
    server.stall('/faulty', false);
    await stateOfFaulty('streaming');
    await nextFrameOf(0);
  }, 40_000);

  it('comes back after its connection was dropped', async () => {
    server.drop('/faulty');
    const backingOff = await stateOfFaulty('backing_off');
    expect(backingOff.last_error?.code).toBe('camera.stream_ended');
    await stateOfFaulty('streaming');
    await nextFrameOf(0);
  }, 40_000);

  it('tells a wrong password from a dead camera, and goes on trying', async () => {
    server.lock('/faulty');
    server.drop('/faulty');
    await eventually(
      async () => {
        const { last_error } = await product.camera('faulty');
        return last_error?.code === 'camera.unauthorized' ? true : undefined;
      },
      'camera.unauthorized',
      15_000,
    );
    server.unlock('/faulty');
    await stateOfFaulty('streaming');
    await nextFrameOf(0);
  }, 40_000);

  it('never disturbed the others: their sequences have no gap', () => {
    for (const index of [1, 2]) {
      const received = frames.get(index) ?? [];
      expect(received.length).toBeGreaterThan(50);
      received.slice(1).forEach(({ sequence, wallTime }, i) => {
        expect(sequence).toBe((received[i]?.sequence ?? NaN) + 1);
        expect(wallTime - (received[i]?.wallTime ?? NaN)).toBeLessThan(1);
      });
    }
  });

  it('never showed its password', () => {
    expect(product.log).toContain('camera.unauthorized');
    expect(product.log).not.toContain('open-sesame');
  });
});
