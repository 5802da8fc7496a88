/**
 * What the thread of the agent's pool runs, one task at a time. It is never ended while it is busy, because a
 * native call in flight would take the process with it: it is asked to stop, and looks whether it was.
 */
import type { Decision } from '../decision/decision.js';
import { runFlow } from '../decision/flow.js';
import { AppError } from '../errors.js';
import type { Reply } from '../worker-host.js';
import type { DecideTask, LoadTask } from '../decision/thread-tasks.js';
import { loadAgent, type LoadedAgent } from './language/llama-agent.js';

const BYTES_PER_MIB = 1024 ** 2;
/** Milliseconds between looks at whether a task was cancelled: less than a token of a large model takes. */
const LOOK_MS = 10;

let loaded: LoadedAgent | null = null;

/** Loads the model if it is not there; says by how many MiB the process grew. */
export async function load({ model, threads }: LoadTask): Promise<Reply<number>> {
  return replyOf(async () => {
    const before = process.memoryUsage.rss();
    await ready({ model, threads }, new AbortController().signal);
    return Math.max(0, (process.memoryUsage.rss() - before) / BYTES_PER_MIB);
  });
}

/** Decides by the model, or by the policy when the model fails. A thread that is new loads the model first. */
export async function decide({ task, cancelled, ...how }: DecideTask): Promise<Decision> {
  const stop = new AbortController();
  const looking = setInterval(() => {
    if (isSet(cancelled)) stop.abort(lateError());
  }, LOOK_MS);
  const ask = async (prompt: string): Promise<string> => {
    // It may have waited for its turn for too long.
    if (isSet(cancelled)) throw lateError();
    const { ask } = await ready(how, stop.signal);
    return ask(prompt, stop.signal);
  };
  try {
    const agent = { model: how.model, ask };
    return await runFlow({ task, agent, fallback: null, now: () => performance.now() });
  } finally {
    clearInterval(looking);
  }
}

export async function unload(): Promise<Reply<null>> {
  return replyOf(async () => {
    const gone = loaded;
    loaded = null;
    await gone?.dispose();
    return null;
  });
}

async function ready({ model, threads }: LoadTask, signal: AbortSignal): Promise<LoadedAgent> {
  if (loaded?.model.file.sha256 === model.file.sha256) return loaded;
  await loaded?.dispose();
  loaded = null;
  loaded = await loadAgent(model, threads, signal);
  return loaded;
}

function isSet(cancelled: Int32Array): boolean {
  return Atomics.load(cancelled, 0) !== 0;
}

function lateError(): AppError {
  return new AppError('agent.deadline', 'nobody waits for this decision any more');
}

async function replyOf<T>(run: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (thrown) {
    return { ok: false, error: AppError.from(thrown).toRecord() };
  }
}
