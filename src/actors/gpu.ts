import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { workerEntry } from '../paths.js';
import { openPort, type Port } from '../port.js';
import {
  attachTransfers,
  type AttachMessage,
  type GpuApi,
  type GpuMessage,
  type GpuStats,
  type ScoredRun,
} from '../protocol.js';
import type { Child } from './supervisor.js';
import { Thread } from './thread.js';

const LOAD_DEADLINE_MS = 60_000;
const CONTROL_DEADLINE_MS = 5_000;

export interface GpuOptions {
  modelsDir: string;
  device: 'auto' | 'cpu' | 'cuda';
  clock: Clock;
  onScores: (run: ScoredRun) => void;
  /** The thread is up, perhaps again: cameras have to be connected to it. */
  onStarted: () => void;
  /** An inference failed; `gpu.deadline` means that the context hangs and only a new process helps. */
  onFailure: (error: AppError) => void;
}

/** The GPU worker's client side. Without a usable model the thread runs all the same, and `failure` says why. */
export class Gpu {
  readonly #options: GpuOptions;
  #thread: Thread<GpuApi> | null = null;
  #port: Port<AttachMessage> | null = null;
  #failure: AppError | null = null;
  #loaded: GpuStats | null = null;

  constructor(options: GpuOptions) {
    this.#options = options;
  }

  /** Why nothing is scored; null when all is well. */
  get failure(): AppError | null {
    return this.#failure;
  }

  /** The model that scores; null while none is loaded. */
  get model(): { name: string; sha256: string } | null {
    return this.#loaded?.model ?? null;
  }

  /** Starts the thread and loads the model; for the supervisor. */
  async start(): Promise<Child> {
    const { modelsDir, device, clock, onStarted, onFailure } = this.#options;
    const thread = new Thread<GpuApi>({
      entry: workerEntry('gpu'),
      name: 'gpu',
      data: { modelsDir, device },
      clock,
    });
    this.#thread = thread;
    this.#port = openPort<GpuMessage, AttachMessage>(thread.events, attachTransfers, (message) => {
      this.#receive(message);
    });
    try {
      this.#loaded = await thread.call('load', [], LOAD_DEADLINE_MS);
      this.#failure = null;
    } catch (thrown) {
      this.#failure = AppError.from(thrown);
      if (this.#failure.kind !== 'invalid') {
        // Two GPU workers at once would be one model too many; one that cannot be stopped is left to the process.
        await thread.stop(CONTROL_DEADLINE_MS).catch(() => undefined);
        throw this.#failure;
      }
      onFailure(this.#failure);
    }
    onStarted();
    const exited = thread.exited.then(({ error }) => {
      this.#thread = null;
      this.#loaded = null;
      if (error !== null)
        this.#failure = new AppError('gpu.lost', 'the GPU worker died and is being restarted', {}, error);
      return error;
    });
    return { exited, stop: (deadlineMs) => thread.stop(deadlineMs) };
  }

  /** Hands the worker its end of a camera's frame channel. */
  attach(camera: string, port: MessagePort): void {
    this.#port?.send({ type: 'attach', camera, port });
  }

  async stats(): Promise<GpuStats | null> {
    return this.#thread === null ? null : this.#thread.call('stats', [], CONTROL_DEADLINE_MS);
  }

  #receive(message: GpuMessage): void {
    switch (message.type) {
      case 'scores':
        this.#options.onScores(message.run);
        return;
      case 'failed':
        this.#options.onFailure(AppError.fromRecord(message.error));
        return;
      default:
        message satisfies never;
    }
  }
}
