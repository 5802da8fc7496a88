import type { Clock } from '../../clock.js';
import type { AgentTask, Decision } from '../../decision/decision.js';
import { describe, needsModel, runFlow } from '../../decision/flow.js';
import { AppError } from '../../errors.js';
import type { Child } from '../kernel/supervisor.js';

export interface AgentOptions {
  clock: Clock;
  /** Null when no model is to be asked: the written policy decides, and that is no fallback. */
  pool: {
    decide(task: AgentTask, cancelled: Int32Array): Promise<Decision>;
    close(): Promise<void>;
  } | null;
  /** Runs while the model is loaded, and loads it before if need be; rejects when it cannot be. */
  withModel: (run: () => Promise<Decision>) => Promise<Decision>;
  /** Milliseconds that one decision may take, its wait for its turn and for the model included. */
  timeoutMs: number;
  /** Decisions that may wait beside the one under way. */
  queue: number;
}

export interface AgentCounters {
  /** Decisions made, those of the policy included. */
  decided: number;
  /** Those that the policy made because the model was late, lost, overloaded or wrong. */
  fallbacks: number;
  /** Decisions of the model of which something was overruled. */
  overruled: number;
}

/** Decides what is done about events: asks the model in its pool, and falls back to the written policy. */
export class Agent {
  readonly #options: AgentOptions;
  /** What ends the decisions under way; bounded by `queue`. */
  readonly #open = new Set<(error: AppError) => void>();
  readonly #counters: AgentCounters = { decided: 0, fallbacks: 0, overruled: 0 };
  #stopped = false;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** Since the start. */
  get counters(): Readonly<AgentCounters> {
    return this.#counters;
  }

  /** Decisions that wait or are under way. */
  get open(): number {
    return this.#open.size;
  }

  /** Never rejects: when the model cannot decide in time, the policy does, and `fallback` says why. */
  async decide(task: AgentTask): Promise<Decision> {
    const decision = await this.#decide(task);
    this.#counters.decided += 1;
    if (decision.fallback !== null) this.#counters.fallbacks += 1;
    if (decision.overruled.length > 0) this.#counters.overruled += 1;
    return decision;
  }

  /** For the supervisor. Decisions under way at the stop are made by the policy. */
  start(): Promise<Child> {
    let end: (error: null) => void = () => undefined;
    const exited = new Promise<null>((resolve) => (end = resolve));
    const stop = async (): Promise<void> => {
      this.#stopped = true;
      const error = new AppError('agent.failed', 'the process stops');
      for (const giveUp of this.#open) giveUp(error);
      await this.#options.pool?.close();
      end(null);
    };
    return Promise.resolve({ exited, stop });
  }

  async #decide(task: AgentTask): Promise<Decision> {
    const { pool, queue } = this.#options;
    const now = (): number => this.#options.clock.monotonicMs();
    const byPolicy = (fallback: string | null): Promise<Decision> =>
      runFlow({ task, agent: null, fallback, now });
    if (pool === null || !needsModel(task)) return byPolicy(null);
    if (this.#stopped) return byPolicy('agent.failed: the process stops');
    if (this.#open.size > queue) return byPolicy('agent.overloaded: too many events wait for a decision');
    try {
      return await this.#ask(task, pool);
    } catch (thrown) {
      return byPolicy(describe(AppError.from(thrown)));
    }
  }

  /** Rejects at the deadline, whatever becomes of the thread; the task then ends there as soon as it looks. */
  #ask(task: AgentTask, pool: NonNullable<AgentOptions['pool']>): Promise<Decision> {
    const { clock, timeoutMs, withModel } = this.#options;
    const cancelled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    return new Promise((resolve, reject) => {
      const giveUp = (error: AppError): void => {
        Atomics.store(cancelled, 0, 1);
        reject(error);
      };
      const cancelDeadline = clock.after(timeoutMs, () => {
        giveUp(new AppError('agent.deadline', `no decision within ${(timeoutMs / 1000).toFixed(1)} s`));
      });
      this.#open.add(giveUp);
      const settled = (): void => {
        cancelDeadline();
        this.#open.delete(giveUp);
      };
      withModel(() => pool.decide(task, cancelled))
        .finally(settled)
        .then(resolve, reject);
    });
  }
}
