/** A VAD frame's way to another thread: moved, as the product does, copied by the port, or through shared memory. */
import { once } from 'node:events';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { VAD_FRAME } from '../../src/frame.js';
import { openPort } from '../../src/port.js';
import {
  vadFrameTransfers,
  type VadFrameMessage,
  type VadReturnMessage,
} from '../../src/protocol/camera-gpu.js';
import { cpuMsPerCall, interleaved, needsNothing, type Benchmark } from './measure.js';
import { SharedRing } from './shared-ring.js';

/** Buffers on the way at once, as a camera has. */
const BUFFERS = 3;
const FRAMES = 3_000;

export const transfer: Benchmark = {
  name: 'transfer',
  missing: needsNothing,
  async measure({ rounds, size }) {
    const frames = Math.round(FRAMES * size);
    const ring = new SharedRing(BUFFERS, VAD_FRAME.bytes);
    const { port1: moved, port2: movedFar } = new MessageChannel();
    const { port1: cloned, port2: clonedFar } = new MessageChannel();
    const receiver = new Worker(new URL('transfer.worker.mjs', import.meta.url), {
      workerData: { moved: movedFar, cloned: clonedFar, ring: ring.memory },
      transferList: [movedFar, clonedFar],
    });
    await once(receiver, 'message');
    const move = movingSender(moved);
    const clone = cloningSender(cloned);
    const share = sharingSender(ring, receiver);
    const perFrame = async (send: (frames: number) => Promise<void>) =>
      ((await cpuMsPerCall(1, () => send(frames))) / frames) * 1_000;
    const figures = await interleaved(rounds, {
      ours: () => perFrame(move),
      clone: () => perFrame(clone),
      ring: () => perFrame(share),
    });
    moved.close();
    cloned.close();
    receiver.postMessage('end');
    await once(receiver, 'exit');
    const common = {
      unit: 'CPU µs a frame, both threads',
      better: 'lower',
      ours: figures.ours,
      target: null,
    } as const;
    return [
      { ...common, name: 'VAD frame moved against structured clone', baseline: figures.clone },
      { ...common, name: 'VAD frame moved against a shared ring', baseline: figures.ring },
    ];
  },
};

/** Sends frames as a camera does; each resolves when the last buffer is back. */
function movingSender(port: MessagePort): (frames: number) => Promise<void> {
  const free = Array.from({ length: BUFFERS }, () => new ArrayBuffer(VAD_FRAME.bytes));
  let sending = (): void => undefined;
  const link = openPort<VadReturnMessage, VadFrameMessage>(port, vadFrameTransfers, ({ pixels }) => {
    free.push(pixels);
    sending();
  });
  return (frames) =>
    new Promise((resolve) => {
      let left = frames;
      sending = () => {
        while (left > 0) {
          const pixels = free.pop();
          if (pixels === undefined) return;
          left -= 1;
          link.send(frameOf(pixels));
        }
        if (free.length === BUFFERS) resolve();
      };
      sending();
    });
}

/** The same without a list of what to move: the frame is copied, and a number comes back for it. */
function cloningSender(port: MessagePort): (frames: number) => Promise<void> {
  const pixels = new ArrayBuffer(VAD_FRAME.bytes);
  let free = BUFFERS;
  let sending = (): void => undefined;
  port.on('message', () => {
    free += 1;
    sending();
  });
  return (frames) =>
    new Promise((resolve) => {
      let left = frames;
      sending = () => {
        for (; left > 0 && free > 0; left -= 1, free -= 1) port.postMessage(frameOf(pixels));
        if (left === 0 && free === BUFFERS) resolve();
      };
      sending();
    });
}

/** Blocks this thread while the ring is full. */
function sharingSender(ring: SharedRing, receiver: Worker): (frames: number) => Promise<void> {
  return async (frames) => {
    receiver.postMessage(frames);
    for (let frame = 0; frame < frames; frame += 1) {
      ring.slotToFill();
      ring.filled();
    }
    ring.drained();
    await once(receiver, 'message');
  };
}

function frameOf(pixels: ArrayBuffer): VadFrameMessage {
  return { type: 'frame', pixels, ptsUs: 1, wallTime: 1, aspect: 9 / 16, disturbed: false };
}
