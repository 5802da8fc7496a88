import type { MessagePort } from 'node:worker_threads';
import { Credits } from '../../credits.js';
import { VAD_FRAME } from '../../frame.js';
import { openPort, type Port } from '../../port.js';
import { vadFrameTransfers, type VadFrameMessage, type VadReturnMessage } from '../../protocol/camera-gpu.js';

/**
 * A camera thread's way to the GPU worker, and the buffers that may be on it at once. A new GPU worker means a new
 * port and new buffers: those of a dead one do not come back.
 */
export class GpuLink {
  readonly #buffers: number;
  #port: Port<VadFrameMessage> | null = null;
  #credits = new Credits<ArrayBuffer>([]);
  #closed = false;

  constructor(buffers: number) {
    this.#buffers = buffers;
  }

  attach(port: MessagePort): void {
    this.#port?.close();
    if (this.#closed) {
      // It was on its way while the thread was being stopped, and an open port would keep the thread alive.
      port.close();
      return;
    }
    const credits = new Credits(
      Array.from({ length: this.#buffers }, () => new ArrayBuffer(VAD_FRAME.bytes)),
    );
    this.#credits = credits;
    this.#port = openPort<VadReturnMessage, VadFrameMessage>(port, vadFrameTransfers, (message) => {
      credits.give(message.pixels);
    });
  }

  /** A buffer to fill, or undefined while the GPU worker holds them all. */
  take(): ArrayBuffer | undefined {
    return this.#credits.take();
  }

  /** Puts back a buffer that was taken and not sent. */
  giveBack(pixels: ArrayBuffer): void {
    this.#credits.give(pixels);
  }

  /** Sends a frame in a buffer that was taken; it moves. */
  send(message: VadFrameMessage): void {
    this.#port?.send(message);
  }

  close(): void {
    this.#closed = true;
    this.#port?.close();
  }
}
