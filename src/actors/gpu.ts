import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { workerEntry } from '../paths.js';
import { openPort, type Port } from '../port.js';
import {
  mainToGpuTransfers,
  type GpuApi,
  type GpuMessage,
  type GpuStats,
  type MainToGpuMessage,
  type ReadRun,
} from '../protocol/gpu.js';
import type { VlmLoaded, VlmReply, VlmRequest, VlmSource } from '../protocol/vlm.js';
import type { VadGraph, VadModelName } from '../vad-model.js';
import type { Child } from './kernel/supervisor.js';
import { Thread } from './kernel/thread.js';

const LOAD_DEADLINE_MS = 60_000;
/** Gigabytes may have to be read, hashed and tried out, and an answer under way comes first. */
const VLM_LOAD_DEADLINE_MS = 600_000;
const CONTROL_DEADLINE_MS = 5_000;

export interface GpuOptions {
  modelsDir: string;
  device: 'auto' | 'cpu' | 'cuda';
  /** CPU threads of a VLM in this process; 1 when absent: more slow the VAD down. */
  vlmThreads?: number;
  clock: Clock;
  onReadings: (run: ReadRun) => void;
  /** The thread is up, perhaps again: cameras have to be connected to it. */
  onStarted: () => void;
  /**
   * A graph cannot be loaded, or an inference failed; `gpu.deadline` means that the context hangs and only a new
   * process helps.
   */
  onFailure: (error: AppError) => void;
}

interface PendingAnswer {
  resolve: (reply: VlmReply) => void;
  reject: (error: AppError) => void;
}

/** The GPU worker's client side. Without a usable graph the thread runs all the same, and `failure` says why. */
export class Gpu {
  readonly #options: GpuOptions;
  /** Questions to the VLM that are not answered yet, by id; as many as the caller asks at once. */
  readonly #asked = new Map<string, PendingAnswer>();
  #graphs: readonly VadGraph[] = [];
  #thread: Thread<GpuApi> | null = null;
  #port: Port<MainToGpuMessage> | null = null;
  #failure: AppError | null = null;
  #models: GpuStats['models'] = [];

  constructor(options: GpuOptions) {
    this.#options = options;
  }

  /** Why nothing is scored, or not every camera; null when all is well. */
  get failure(): AppError | null {
    return this.#failure;
  }

  /** The graphs that are loaded. */
  get models(): GpuStats['models'] {
    return this.#models;
  }

  /** Starts the thread and loads the graphs in use; for the supervisor. */
  async start(): Promise<Child> {
    const { modelsDir, device, vlmThreads = 1, clock, onStarted } = this.#options;
    const thread = new Thread<GpuApi>({
      entry: workerEntry('gpu'),
      name: 'gpu',
      data: { modelsDir, device, vlmThreads },
      clock,
    });
    this.#thread = thread;
    this.#port = openPort<GpuMessage, MainToGpuMessage>(thread.events, mainToGpuTransfers, (message) => {
      this.#receive(message);
    });
    try {
      await this.#load(thread);
    } catch (thrown) {
      // Two GPU workers at once would be one model too many; one that cannot be stopped is left to the process.
      await thread.stop(CONTROL_DEADLINE_MS).catch(() => undefined);
      throw thrown;
    }
    onStarted();
    const exited = thread.exited.then(({ error }) => {
      this.#thread = null;
      this.#models = [];
      this.#abandonAsked(error);
      if (error !== null)
        this.#failure = new AppError('gpu.lost', 'the GPU worker died and is being restarted', {}, error);
      return error;
    });
    return { exited, stop: (deadlineMs) => thread.stop(deadlineMs) };
  }

  /**
   * Has these graphs loaded and all others released, now and at every start of the thread. What goes wrong is told by
   * `failure` and `onFailure`.
   */
  async useGraphs(graphs: readonly VadGraph[]): Promise<void> {
    this.#graphs = graphs;
    if (this.#thread === null) return;
    try {
      await this.#load(this.#thread);
    } catch (thrown) {
      const error = AppError.from(thrown);
      // Its supervisor tells of a thread that died, and the next one loads them at its start.
      if (error.code !== 'thread.lost') this.#options.onFailure(error);
    }
  }

  /** Hands the worker its end of a camera's frame channel, and says what the camera's frames are read with. */
  attach(camera: string, model: VadModelName, port: MessagePort): void {
    this.#port?.send({ type: 'attach', camera, model, port });
  }

  /** Lets the worker forget a camera. */
  detach(camera: string): void {
    this.#port?.send({ type: 'detach', camera });
  }

  /**
   * Loads the VLM in place of the one that is loaded. Throws `model.*`, or `thread.*` and `gpu.lost` without the
   * thread. A thread that was started anew has none loaded.
   */
  async loadVlm(source: VlmSource): Promise<VlmLoaded> {
    if (this.#thread === null) throw gpuLost();
    return this.#thread.call('loadVlm', [source], VLM_LOAD_DEADLINE_MS);
  }

  /** Lets go of the VLM; a thread that is gone has done so. */
  async unloadVlm(): Promise<void> {
    await this.#thread?.call('unloadVlm', [], VLM_LOAD_DEADLINE_MS);
  }

  /**
   * Asks the VLM; the pictures' buffers move. Rejects at the request's deadline with `vlm.deadline`, else with
   * `vlm.failed`, `gpu.overloaded`, `gpu.lost` when the thread dies meanwhile, or `vlm.not_loaded`: also after the
   * thread was started anew, when the VLM has to be loaded again.
   */
  ask(request: VlmRequest): Promise<VlmReply> {
    return new Promise((resolve, reject) => {
      if (this.#thread === null) {
        reject(gpuLost());
        return;
      }
      this.#asked.set(request.id, { resolve, reject });
      this.#port?.send({ type: 'ask', request });
    });
  }

  async stats(): Promise<GpuStats | null> {
    return this.#thread === null ? null : this.#thread.call('stats', [], CONTROL_DEADLINE_MS);
  }

  /** Throws unless the thread is fit to go on; a graph that cannot be loaded only makes a `failure`. */
  async #load(thread: Thread<GpuApi>): Promise<void> {
    try {
      this.#models = (await thread.call('useGraphs', [this.#graphs], LOAD_DEADLINE_MS)).models;
      this.#failure = null;
    } catch (thrown) {
      this.#failure = AppError.from(thrown);
      if (this.#failure.kind !== 'invalid') throw this.#failure;
      this.#models = (await thread.call('stats', [], CONTROL_DEADLINE_MS)).models;
      this.#options.onFailure(this.#failure);
    }
  }

  #receive(message: GpuMessage): void {
    switch (message.type) {
      case 'read':
        this.#options.onReadings(message.run);
        return;
      case 'failed':
        this.#options.onFailure(AppError.fromRecord(message.error));
        return;
      case 'answered':
        this.#answer(message.id, message.outcome);
        return;
      default:
        message satisfies never;
    }
  }

  #answer(id: string, outcome: Extract<GpuMessage, { type: 'answered' }>['outcome']): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if ('reply' in outcome) asked?.resolve(outcome.reply);
    else asked?.reject(AppError.fromRecord(outcome.error));
  }

  #abandonAsked(cause: AppError | null): void {
    for (const { reject } of this.#asked.values()) reject(gpuLost(cause));
    this.#asked.clear();
  }
}

function gpuLost(cause: AppError | null = null): AppError {
  const message = 'the GPU worker is gone; ask again once it is restarted';
  return new AppError('gpu.lost', message, {}, cause ?? undefined);
}
