import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';

/** Lower runs first: what loads and unloads a model goes before what asks it. */
export const gpuPriority = { vad: 0, load: 0, ask: 1 } as const;

export interface GpuJob<T> {
  /** Shown in errors. */
  name: string;
  priority: (typeof gpuPriority)[keyof typeof gpuPriority];
  /** The job fails with `gpu.deadline` when it has not ended by then, milliseconds from now. */
  deadlineMs: number;
  run(): Promise<T>;
}

interface Waiting {
  priority: number;
  started: Promise<void>;
  start: () => void;
}

/**
 * The mutex in front of a native context: one job at a time, the waiting ones by priority and then by arrival. A job
 * past its deadline fails for its caller. It leaves the line if it still waits; while it runs, it keeps the mutex until
 * its native call is over: two at once on one context would be worse.
 */
export class GpuQueue {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #waiting: Waiting[] = [];
  #busy = false;
  #highWater = 0;

  /** `capacity`: jobs that may wait; one more is refused with `gpu.overloaded`. */
  constructor(clock: Clock, capacity: number) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  get highWater(): number {
    return this.#highWater;
  }

  async run<T>(job: GpuJob<T>): Promise<T> {
    let cancelDeadline = (): void => undefined;
    const turn = this.#takeTurn(job.priority);
    const expired = new Promise<never>((_resolve, reject) => {
      cancelDeadline = this.#clock.after(job.deadlineMs, () => {
        const where = this.#leave(turn) ? 'while waiting' : 'while running';
        reject(
          new AppError('gpu.deadline', `${job.name} passed ${job.deadlineMs} ms ${where}`, { job: job.name }),
        );
      });
    });
    try {
      return await Promise.race([this.#runInTurn(job, turn), expired]);
    } finally {
      cancelDeadline();
    }
  }

  async #runInTurn<T>(job: GpuJob<T>, turn: Waiting): Promise<T> {
    await turn.started;
    try {
      return await job.run();
    } finally {
      this.#release();
    }
  }

  #takeTurn(priority: number): Waiting {
    let start = (): void => undefined;
    const started = new Promise<void>((resolve) => (start = resolve));
    const turn = { priority, started, start };
    if (!this.#busy) {
      this.#busy = true;
      start();
      return turn;
    }
    if (this.#waiting.length >= this.#capacity) {
      throw new AppError('gpu.overloaded', `${this.#capacity} jobs wait for the accelerator already`);
    }
    const after = this.#waiting.findIndex((other) => other.priority > priority);
    this.#waiting.splice(after === -1 ? this.#waiting.length : after, 0, turn);
    this.#highWater = Math.max(this.#highWater, this.#waiting.length);
    return turn;
  }

  /** False when its turn has come already. */
  #leave(turn: Waiting): boolean {
    const at = this.#waiting.indexOf(turn);
    if (at !== -1) this.#waiting.splice(at, 1);
    return at !== -1;
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else next.start();
  }
}
