import type { MessagePort } from 'node:worker_threads';
import { openPort, type Port } from '../port.js';
import { vadReturnTransfers, type VadFrameMessage, type VadReturnMessage } from '../protocol/camera-gpu.js';

/** The GPU worker's ends of the cameras' frame channels, one a camera. */
export class CameraPorts {
  readonly #ports = new Map<string, Port<VadReturnMessage>>();
  readonly #onFrame: (camera: string, frame: VadFrameMessage) => void;
  #closed = false;

  constructor(onFrame: (camera: string, frame: VadFrameMessage) => void) {
    this.#onFrame = onFrame;
  }

  /** Listens to a camera's new port; its older one is closed. */
  attach(camera: string, port: MessagePort): void {
    this.detach(camera);
    if (this.#closed) {
      // It was on its way while the thread was being stopped, and an open port would keep the thread alive.
      port.close();
      return;
    }
    const opened = openPort<VadFrameMessage, VadReturnMessage>(port, vadReturnTransfers, (frame) => {
      this.#onFrame(camera, frame);
    });
    this.#ports.set(camera, opened);
  }

  detach(camera: string): void {
    this.#ports.get(camera)?.close();
    this.#ports.delete(camera);
  }

  /** Gives a frame's buffer back; that of a camera that is gone is dropped. */
  giveBack(camera: string, pixels: ArrayBuffer): void {
    this.#ports.get(camera)?.send({ type: 'return', pixels });
  }

  close(): void {
    this.#closed = true;
    for (const camera of [...this.#ports.keys()]) this.detach(camera);
  }
}
