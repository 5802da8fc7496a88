/** The worker's side of a thread: serves control calls, and carries an expected failure as a plain record. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { expose, transfer } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { AppError, type ErrorRecord } from './errors.js';

/** What `actors/kernel/thread.ts` hands to every worker beside the worker's own data. */
export interface WorkerHostData {
  /** Comlink's port, for control calls. */
  control: MessagePort;
  /** The raw port to main, for messages. */
  events: MessagePort;
}

/** The answer to a control call. Comlink would strip `code` and `cause` off a thrown error; a record keeps them. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorRecord };

type Api = Record<string, (...args: never[]) => Promise<unknown>>;

/** The data this thread was started with, its ports included. */
export function hostData<Data>(): WorkerHostData & Data {
  return workerData as WorkerHostData & Data;
}

/**
 * Answers the control calls of `api` until `stop` has answered; then closes both ports, and the thread runs out
 * once nothing else holds its event loop. Nothing is ever terminated from outside: a native call in flight would
 * take the process with it.
 */
export function serveControl<A extends { stop(): Promise<void> }>(api: A): void {
  const { control, events } = hostData<object>();
  const replying: Record<string, (...args: never[]) => Promise<Reply<unknown>>> = {};
  for (const [method, run] of Object.entries(api as unknown as Api)) {
    replying[method] = async (...args) => {
      const reply = await replyOf(() => run(...args));
      if (method === 'stop') setImmediate(closePorts);
      return reply.ok && reply.value instanceof ArrayBuffer ? transfer(reply, [reply.value]) : reply;
    };
  }
  expose(replying, nodeEndpoint(control));

  function closePorts(): void {
    events.close();
    control.close();
  }
}

async function replyOf(run: () => Promise<unknown>): Promise<Reply<unknown>> {
  try {
    return { ok: true, value: await run() };
  } catch (thrown) {
    return { ok: false, error: AppError.from(thrown).toRecord() };
  }
}
