import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Clock } from '../../clock.js';
import type { AgentTask, Decision } from '../../decision/decision.js';
import { AppError } from '../../errors.js';
import type { AgentModel } from '../../model-file.js';
import { workerEntry } from '../../paths.js';
import type { Random } from '../../random.js';
import type { DecideTask, LoadTask } from '../../decision/thread-tasks.js';
import type { Reply } from '../../worker-host.js';
import { backoffDelayMs, recentFailures, threadRestartPolicy } from '../kernel/restart-policy.js';

/** Cores belong to the VAD first. */
const NICE = 10;
/** JavaScript of one decision needs a few MiB; what asks for more loses its thread, not the process. */
const MAX_HEAP_MIB = 256;
/** Tasks beside decisions: a load and an unload. */
const CONTROL_TASKS = 2;
/** Piscina kills what is still busy after this, which would abort the process; close waits for it itself. */
const NEVER_MS = 2 ** 31 - 1;

export interface AgentPoolOptions {
  model: AgentModel;
  /** CPU threads of the model. */
  threads: number;
  /** Decisions that may wait for their turn. */
  queue: number;
  clock: Clock;
  random: Random;
}

type Task = 'load' | 'unload' | 'decide';

/**
 * A Piscina pool with the agent's model in its one thread. More threads would each hold the model, and would take the
 * cores that the VAD lives on; a decision takes so little that one keeps up with any number of cameras that the VAD
 * does. The thread stays while it is idle: with it the model would go.
 */
export class AgentPool {
  readonly #pool: Piscina;
  readonly #options: AgentPoolOptions;
  readonly #running = new Set<{ lost: AbortController; done: Promise<unknown> }>();
  #failuresMs: number[] = [];
  #restsUntilMs = -Infinity;
  #crashes = 0;
  #isClosed = false;

  constructor(options: AgentPoolOptions) {
    this.#options = options;
    this.#pool = new Piscina({
      filename: fileURLToPath(workerEntry('agent')),
      minThreads: 0,
      maxThreads: 1,
      maxQueue: options.queue + CONTROL_TASKS,
      idleTimeout: Infinity,
      closeTimeout: NEVER_MS,
      niceIncrement: NICE,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
      // Otherwise an idle thread stands still, and what the native side has left to do with it.
      atomics: 'disabled',
    });
    this.#pool.on('error', (error) => {
      this.#lost(error);
    });
  }

  /** Threads that died since the start. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Loads the model; resolves with the MiB by which the process grew. Throws what the load does, or `agent.failed`. */
  async load(): Promise<number> {
    const { model, threads } = this.#options;
    const task: LoadTask = { model, threads };
    return valueOf(await this.#run<Reply<number>>('load', task));
  }

  async unload(): Promise<void> {
    if (this.#pool.threads.length > 0) valueOf(await this.#run<Reply<null>>('unload', null));
  }

  /**
   * Has the model decide; loads it if the thread is new.
   *
   * @param cancelled - set its one element, and the decision ends soon after. Nothing else may end it
   * Throws `agent.failed` when the thread dies, and for a while after that; `agent.overloaded`.
   */
  decide(task: AgentTask, cancelled: Int32Array): Promise<Decision> {
    const { model, threads } = this.#options;
    const decideTask: DecideTask = { model, threads, task, cancelled };
    return this.#run<Decision>('decide', decideTask);
  }

  /** Waits for what runs, whose callers have to cancel it, frees the model and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#running].map(({ done }) => done));
    if (this.#pool.threads.length > 0) await this.#pool.run(null, { name: 'unload' }).catch(() => undefined);
    await this.#pool.close();
  }

  async #run<T>(name: Task, task: unknown): Promise<T> {
    if (this.#isClosed) throw new AppError('agent.failed', 'the pool of the agent is closed');
    this.#requireRested();
    this.#requireRoom();
    const lost = new AbortController();
    const result = this.#pool.run(task, { name, signal: lost.signal }) as Promise<T>;
    const running = { lost, done: result.catch(() => undefined) };
    this.#running.add(running);
    try {
      return await result;
    } catch (error) {
      if (!lost.signal.aborted) this.#lost(error);
      throw new AppError('agent.failed', "the agent's thread was lost", {}, error);
    } finally {
      this.#running.delete(running);
    }
  }

  /** The thread is gone: nothing runs any more, and what waits would wait for ever. */
  #lost(error: unknown): void {
    const { clock, random } = this.#options;
    const now = clock.monotonicMs();
    this.#crashes += 1;
    this.#failuresMs = [...recentFailures(threadRestartPolicy, this.#failuresMs, now), now];
    this.#restsUntilMs = now + backoffDelayMs(threadRestartPolicy, this.#failuresMs.length, random());
    for (const { lost } of this.#running) lost.abort(error);
  }

  /** Piscina would replace a thread that dies at once as often as it is asked. */
  #requireRested(): void {
    const waitMs = this.#restsUntilMs - this.#options.clock.monotonicMs();
    if (waitMs <= 0) return;
    const message = `the agent's thread died; it is tried again in ${(waitMs / 1000).toFixed(1)} s`;
    throw new AppError('agent.failed', message);
  }

  #requireRoom(): void {
    if (this.#running.size <= this.#options.queue + CONTROL_TASKS) return;
    throw new AppError('agent.overloaded', 'too many events wait for a decision');
  }
}

function valueOf<T>(reply: Reply<T>): T {
  if (!reply.ok) throw AppError.fromRecord(reply.error);
  return reply.value;
}
