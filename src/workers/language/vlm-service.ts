import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { GpuMessage, GpuStats } from '../../protocol/gpu.js';
import type { VlmLoaded, VlmReply, VlmRequest, VlmSource } from '../../protocol/vlm.js';
import { GpuQueue, gpuPriority } from '../gpu-queue.js';
import type { OpenVlm, VlmBackend } from './vlm-backend.js';

/** Requests that may wait. The verifier on main keeps the long queue, where it can still choose. */
const MAX_WAITING = 4;
/** Room in the queue for loading and unloading, which must not be refused. */
const CONTROL_JOBS = 8;
/** Gigabytes from a slow disk, hashed and tried out before. */
const LOAD_DEADLINE_MS = 600_000;
/** An answer that was told to stop ends after its current step; this long means that it hangs. */
const STOP_MS = 5_000;

type Outcome = Extract<GpuMessage, { type: 'answered' }>['outcome'];

export interface VlmServiceOptions {
  open: OpenVlm;
  clock: Clock;
  /** A native call does not end: `gpu.deadline`; only a new process helps. */
  onHang: (error: AppError) => void;
}

/**
 * The one VLM of the process. It has a mutex of its own: a VAD run uses another context and another thread of the
 * CPU, and must never wait for the seconds that an answer takes.
 */
export class VlmService {
  readonly #options: VlmServiceOptions;
  readonly #queue: GpuQueue;
  readonly #counts = { asked: 0, answered: 0, failed: 0 };
  #backend: VlmBackend | null = null;
  #waiting = 0;
  #stopped = false;
  /** Ends what is under way, an answer or a load. */
  #current = new AbortController();

  constructor(options: VlmServiceOptions) {
    this.#options = options;
    this.#queue = new GpuQueue(options.clock, MAX_WAITING + CONTROL_JOBS);
  }

  get stats(): GpuStats['vlm'] {
    return {
      loaded: this.#backend?.loaded ?? null,
      fallback: this.#backend?.fallback ?? null,
      ...this.#counts,
    };
  }

  /** Replaces what is loaded. Throws `model.*`; then none is loaded. */
  async load(source: VlmSource): Promise<VlmLoaded> {
    return this.#control(async () => {
      await this.#release();
      if (this.#stopped) throw notLoaded('is being stopped');
      this.#current = new AbortController();
      this.#backend = await this.#options.open(source, this.#current.signal);
      return this.#backend.loaded;
    });
  }

  /** Releases what is loaded, after the answer under way; those that wait find none. */
  unload(): Promise<void> {
    return this.#control(() => this.#release());
  }

  /** Ends what is under way, releases what is loaded, and answers nothing from then on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#current.abort(notLoaded('is being stopped'));
    await this.unload();
  }

  /** Answers always, and at the deadline at the latest: `vlm.not_loaded`, `vlm.deadline`, `vlm.failed` or the reply. */
  async ask(request: VlmRequest): Promise<Outcome> {
    this.#counts.asked += 1;
    try {
      const reply = await this.#reply(request);
      this.#counts.answered += 1;
      return { reply };
    } catch (thrown) {
      this.#counts.failed += 1;
      return { error: AppError.from(thrown).toRecord() };
    }
  }

  async #reply(request: VlmRequest): Promise<VlmReply> {
    if (this.#waiting >= MAX_WAITING) {
      throw new AppError('gpu.overloaded', `${MAX_WAITING} requests wait for the VLM already`);
    }
    const { clock } = this.#options;
    const stopping = new AbortController();
    const arrivedMs = clock.monotonicMs();
    const turn = { hasCome: false };
    this.#waiting += 1;
    const run = async (): Promise<VlmReply> => {
      this.#waiting -= 1;
      turn.hasCome = true;
      const startedMs = clock.monotonicMs();
      const { text, tokens } = await this.#answer(request, stopping);
      return { text, tokens, runMs: clock.monotonicMs() - startedMs, waitedMs: startedMs - arrivedMs };
    };
    const { deadlineMs } = request;
    try {
      return await this.#queue.run({ name: 'vlm', priority: gpuPriority.ask, deadlineMs, run });
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'gpu.deadline') throw thrown;
      if (!turn.hasCome) this.#waiting -= 1;
      stopping.abort();
      const where = turn.hasCome ? 'while the model ran' : 'while it waited for its turn';
      throw new AppError('vlm.deadline', `the VLM's answer passed ${deadlineMs} ms ${where}`);
    }
  }

  async #answer(request: VlmRequest, stopping: AbortController): Promise<{ text: string; tokens: number }> {
    const backend = this.#backend;
    if (this.#stopped) throw notLoaded('is being stopped');
    if (backend === null) throw notLoaded('is not loaded');
    this.#current = stopping;
    const cancelWatch = this.#watchStop(stopping.signal);
    try {
      return await backend.ask(request, stopping.signal);
    } catch (thrown) {
      const { reason } = stopping.signal as { reason: unknown };
      throw reason instanceof AppError ? reason : AppError.from(thrown);
    } finally {
      cancelWatch();
    }
  }

  /** Tells of a hang when what was stopped does not end; the returned function calls that off. */
  #watchStop(signal: AbortSignal): () => void {
    let cancel = (): void => undefined;
    const watch = (): void => {
      cancel = this.#options.clock.after(STOP_MS, () => {
        const message = `the VLM did not end within ${STOP_MS} ms of being stopped`;
        this.#options.onHang(new AppError('gpu.deadline', message, { job: 'vlm' }));
      });
    };
    signal.addEventListener('abort', watch, { once: true });
    return () => {
      signal.removeEventListener('abort', watch);
      cancel();
    };
  }

  #control<T>(run: () => Promise<T>): Promise<T> {
    const job = { name: 'vlm load', priority: gpuPriority.load, deadlineMs: LOAD_DEADLINE_MS };
    return this.#queue.run({ ...job, run });
  }

  async #release(): Promise<void> {
    const backend = this.#backend;
    this.#backend = null;
    await backend?.release();
  }
}

function notLoaded(what: string): AppError {
  return new AppError('vlm.not_loaded', `the VLM ${what}; load it before asking`);
}
