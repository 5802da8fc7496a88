/** A camera's real thread, with the main side and the GPU worker's side of its ports in the hands of a test. */
import { MessageChannel } from 'node:worker_threads';
import { Thread } from '../../src/actors/kernel/thread.js';
import { defaultDecode } from '../../src/camera/decode-config.js';
import { systemClock } from '../../src/clock.js';
import { openPort, type Port } from '../../src/port.js';
import { workerEntry } from '../../src/paths.js';
import {
  mainToCameraTransfers,
  type CameraApi,
  type CameraMessage,
  type MainToCameraMessage,
  type StreamInfo,
  type StreamSource,
} from '../../src/protocol/camera.js';
import {
  vadReturnTransfers,
  type VadFrameMessage,
  type VadReturnMessage,
} from '../../src/protocol/camera-gpu.js';

const DEADLINE_MS = 12_000;

export interface VadArrival {
  ptsUs: number;
  wallTime: number;
  bytes: number;
  arrivedMs: number;
}

type MessageOf<Type extends CameraMessage['type']> = Extract<CameraMessage, { type: Type }>;

export class CameraThread {
  readonly thread: Thread<CameraApi>;
  readonly messages: CameraMessage[] = [];
  readonly vadFrames: VadArrival[] = [];
  readonly #camera: Port<MainToCameraMessage>;
  readonly #returnBuffers: boolean;
  #gpu: Port<VadReturnMessage> | null = null;
  #watchers: (() => void)[] = [];

  /** `returnBuffers` false plays a GPU worker that hangs. */
  constructor({ vadFps = 5, vadBuffers = 3, returnBuffers = true, decode = defaultDecode } = {}) {
    this.#returnBuffers = returnBuffers;
    this.thread = new Thread<CameraApi>({
      entry: workerEntry('camera'),
      name: 'camera-test',
      data: { vadFps, vadBuffers, decode },
      clock: systemClock,
    });
    this.#camera = openPort<CameraMessage, MainToCameraMessage>(
      this.thread.events,
      mainToCameraTransfers,
      (message) => {
        this.messages.push(message);
        this.#changed();
      },
    );
    this.replaceGpu();
  }

  /** A new GPU worker's end, as after the death of the last one, with whatever buffers that held. */
  replaceGpu(): void {
    this.#gpu?.close();
    const { port1, port2 } = new MessageChannel();
    const gpu = openPort<VadFrameMessage, VadReturnMessage>(port1, vadReturnTransfers, (message) => {
      const { ptsUs, wallTime, pixels } = message;
      this.vadFrames.push({ ptsUs, wallTime, bytes: pixels.byteLength, arrivedMs: performance.now() });
      if (this.#returnBuffers) gpu.send({ type: 'return', pixels });
      this.#changed();
    });
    this.#gpu = gpu;
    this.#camera.send({ type: 'attachGpu', port: port2 });
  }

  open(url: string, { loop = false, transport = 'tcp' }: Partial<StreamSource> = {}): Promise<StreamInfo> {
    return this.thread.call('open', [{ url, loop, transport }], DEADLINE_MS);
  }

  of<Type extends CameraMessage['type']>(type: Type): MessageOf<Type>[] {
    return this.messages.filter((message): message is MessageOf<Type> => message.type === type);
  }

  /** Resolves once `seen` holds, which is asked again whenever a message arrives. */
  until(seen: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!seen()) return;
        this.#watchers = this.#watchers.filter((other) => other !== watch);
        resolve();
      };
      this.#watchers.push(watch);
      watch();
    });
  }

  async closed(): Promise<MessageOf<'closed'>> {
    await this.until(() => this.of('closed').length > 0);
    return this.of('closed')[0] ?? { type: 'closed', error: null };
  }

  /** Stops the thread and waits until it has run out. */
  async stop(): Promise<void> {
    await this.thread.stop(DEADLINE_MS);
    this.#gpu?.close();
  }

  #changed(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}
