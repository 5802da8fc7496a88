import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';

/** Lower runs first: a frame's score never waits behind a verdict. */
export const gpuPriority = { vad: 0 } as const;

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
  start: () => void;
}

/**
 * The mutex in front of the accelerator: one job at a time, the waiting ones by priority and then by arrival. A job
 * past its deadline fails for its caller, but keeps the mutex until its native call is over: two at once on one
 * context would be worse.
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
    let started = false;
    const expired = new Promise<never>((_resolve, reject) => {
      cancelDeadline = this.#clock.after(job.deadlineMs, () => {
        const where = started ? 'while running' : 'while waiting';
        reject(
          new AppError('gpu.deadline', `${job.name} passed ${job.deadlineMs} ms ${where}`, { job: job.name }),
        );
      });
    });
    try {
      return await Promise.race([this.#runInTurn(job, () => (started = true)), expired]);
    } finally {
      cancelDeadline();
    }
  }

  async #runInTurn<T>(job: GpuJob<T>, onStart: () => void): Promise<T> {
    await this.#acquire(job);
    onStart();
    try {
      return await job.run();
    } finally {
      this.#release();
    }
  }

  #acquire<T>(job: GpuJob<T>): Promise<void> | undefined {
    if (!this.#busy) {
      this.#busy = true;
      return undefined;
    }
    if (this.#waiting.length >= this.#capacity) {
      throw new AppError('gpu.overloaded', `${this.#capacity} jobs wait for the accelerator already`);
    }
    return new Promise((start) => {
      const after = this.#waiting.findIndex((other) => other.priority > job.priority);
      const at = after === -1 ? this.#waiting.length : after;
      this.#waiting.splice(at, 0, { priority: job.priority, start });
      this.#highWater = Math.max(this.#highWater, this.#waiting.length);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else next.start();
  }
}
