/** The other end of the frame transfers: copies each frame into a window, as the GPU worker does. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { VAD_FRAME } from '../../src/frame.js';
import { openPort } from '../../src/port.js';
import {
  vadReturnTransfers,
  type VadFrameMessage,
  type VadReturnMessage,
} from '../../src/protocol/camera-gpu.js';
import { SharedRing } from './shared-ring.js';

const { moved, cloned, ring } = workerData as {
  moved: MessagePort;
  cloned: MessagePort;
  ring: SharedRing['memory'];
};
const shared = new SharedRing(ring.frames.byteLength / VAD_FRAME.bytes, VAD_FRAME.bytes, ring);
const window = new Uint8Array(VAD_FRAME.bytes);

const back = openPort<VadFrameMessage, VadReturnMessage>(moved, vadReturnTransfers, ({ pixels }) => {
  window.set(new Uint8Array(pixels));
  back.send({ type: 'return', pixels });
});
cloned.on('message', ({ pixels }: VadFrameMessage) => {
  window.set(new Uint8Array(pixels));
  cloned.postMessage(1);
});
parentPort?.on('message', (request: number | 'end') => {
  if (request === 'end') {
    parentPort?.close();
    return;
  }
  for (let frame = 0; frame < request; frame += 1) {
    window.set(shared.slotToTake());
    shared.taken();
  }
  parentPort?.postMessage('taken');
});
parentPort?.postMessage('ready');
