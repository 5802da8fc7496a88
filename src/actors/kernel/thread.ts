import { MessageChannel, Worker, type MessagePort, type Transferable } from 'node:worker_threads';
import { wrap, type Remote } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { Reply, WorkerHostData } from '../../worker-host.js';

export interface ThreadOptions {
  /** Compiled entry of the worker. */
  entry: URL;
  /** Shown in logs, errors and process listings. */
  name: string;
  data?: object;
  transfer?: readonly Transferable[];
  clock: Clock;
}

/** Why a thread is gone; `error` is null when it ran out after being asked to stop. */
export interface ThreadExit {
  error: AppError | null;
}

type Method<A, K extends keyof A> = A[K] extends (...args: infer Args) => Promise<infer Result>
  ? { args: Args; result: Result }
  : never;

/**
 * A worker thread and its two channels: control calls (Comlink) and messages (a raw port). The only `new Worker` of
 * the product. It is never terminated: a native call in flight would abort the process.
 */
export class Thread<A extends { stop(): Promise<void> }> {
  /** The thread's message port; the caller listens. */
  readonly events: MessagePort;
  readonly exited: Promise<ThreadExit>;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #control: MessagePort;
  readonly #remote: Remote<Record<string, (...args: unknown[]) => Promise<Reply<unknown>>>>;
  readonly #pending = new Set<(error: AppError) => void>();
  #lost: AppError | null = null;
  #stopping = false;

  constructor({ entry, name, data, transfer = [], clock }: ThreadOptions) {
    this.#name = name;
    this.#clock = clock;
    const control = new MessageChannel();
    const events = new MessageChannel();
    const hostData: WorkerHostData = { control: control.port2, events: events.port2 };
    const worker = new Worker(entry, {
      name,
      workerData: { ...data, ...hostData },
      transferList: [control.port2, events.port2, ...transfer],
    });
    this.events = events.port1;
    this.#control = control.port1;
    this.#remote = wrap(nodeEndpoint(control.port1));
    this.exited = this.#watch(worker);
  }

  /**
   * Calls `method` in the thread. Throws the AppError that the worker answered, `thread.lost` when the thread
   * ends first, or `thread.deadline` after `deadlineMs` (the call itself goes on in the thread).
   */
  call<K extends keyof A & string>(
    method: K,
    args: Method<A, K>['args'],
    deadlineMs: number,
  ): Promise<Method<A, K>['result']> {
    let abandon = (_error: AppError): void => undefined;
    let cancelDeadline = (): void => undefined;
    const settled = new Promise<Method<A, K>['result']>((resolve, reject) => {
      abandon = reject;
      if (this.#lost !== null) {
        reject(this.#lost);
        return;
      }
      this.#pending.add(abandon);
      cancelDeadline = this.#clock.after(deadlineMs, () => {
        reject(this.#deadlineError(method, deadlineMs));
      });
      this.#remote[method]?.(...args).then((reply) => {
        if (reply.ok) resolve(reply.value);
        else reject(AppError.fromRecord(reply.error));
      }, reject);
    });
    return settled.finally(() => {
      cancelDeadline();
      this.#pending.delete(abandon);
    });
  }

  /** Asks the thread to stop and waits until it is gone. Throws `thread.deadline` when it is still there then. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    void this.#remote['stop']?.().catch(() => undefined);
    let cancelDeadline = (): void => undefined;
    const expired = new Promise<never>((_resolve, reject) => {
      cancelDeadline = this.#clock.after(deadlineMs, () => {
        reject(this.#deadlineError('stop', deadlineMs));
      });
    });
    await Promise.race([this.exited, expired]).finally(cancelDeadline);
  }

  #watch(worker: Worker): Promise<ThreadExit> {
    return new Promise((resolve) => {
      let failure: unknown;
      worker.on('error', (error) => (failure = error));
      // Its last answers may come after word of its end; the port's own end comes after them.
      const answered = new Promise((done) => this.#control.once('close', done));
      worker.once('exit', (code) => {
        const lost = this.#exitError(code, failure);
        this.#lost = lost;
        void answered.then(() => {
          this.events.close();
          for (const abandon of this.#pending) abandon(lost);
          resolve({ error: failure === undefined && code === 0 && this.#stopping ? null : lost });
        });
      });
    });
  }

  #exitError(code: number, failure: unknown): AppError {
    const why = failure instanceof Error ? `: ${failure.message}` : '';
    const message = `thread ${this.#name} ended with code ${code}${why}`;
    return new AppError('thread.lost', message, { thread: this.#name, code }, failure);
  }

  #deadlineError(method: string, deadlineMs: number): AppError {
    const message = `thread ${this.#name} did not answer ${method} within ${deadlineMs} ms`;
    return new AppError('thread.deadline', message, { thread: this.#name, method });
  }
}
