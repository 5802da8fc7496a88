/** Between a camera's thread and the GPU worker: frames one way, their buffers back. */
import type { TransferTable } from '../port.js';

/** Camera worker to GPU worker: a VAD frame, uint8 [192, 192] gray. */
export interface VadFrameMessage {
  type: 'frame';
  pixels: ArrayBuffer;
  /** Monotonic stream time in microseconds. */
  ptsUs: number;
  /** Capture time, Unix seconds. */
  wallTime: number;
  /** Height of the stream's picture by its width. */
  aspect: number;
  /** The whole picture changed within the window that ends here, as no object does: its scores must not count. */
  disturbed: boolean;
}

/** GPU worker to camera worker: the buffer of a frame goes back to be used again; it is the sender's credit. */
export interface VadReturnMessage {
  type: 'return';
  pixels: ArrayBuffer;
}

export const vadFrameTransfers: TransferTable<VadFrameMessage> = { frame: (message) => [message.pixels] };
export const vadReturnTransfers: TransferTable<VadReturnMessage> = { return: (message) => [message.pixels] };
