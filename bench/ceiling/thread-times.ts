/** CPU time of each thread of the product, as Linux tells it; nobody does elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packagePath } from '../../src/paths.js';

/** Nanoseconds on a core so far, by the thread's id. */
export type ThreadTimes = ReadonlyMap<string, number>;
/** What a thread runs, by its id: `main`, `v8`, or the file of a worker. */
export type ThreadNames = ReadonlyMap<string, string>;

/** Whether this system tells of threads at all. */
const tellsThreads = existsSync('/proc/thread-self/schedstat');

/** How a product must be started so that its threads leave their names in `dir`. */
export function namingThreads(dir: string): { execArgv: string[]; env: Record<string, string> } {
  if (!tellsThreads) return { execArgv: [], env: {} };
  const preload = packagePath('bench/ceiling/thread-names.cjs');
  return { execArgv: ['--require', preload], env: { THREAD_NAMES_DIR: dir } };
}

export function threadNames(dir: string): ThreadNames {
  return new Map(readdirSync(dir).map((id) => [id, readFileSync(path.join(dir, id), 'utf8')]));
}

/** Null where it is not told. */
export function threadTimes(pid: number): ThreadTimes | null {
  if (!tellsThreads) return null;
  const times = new Map<string, number>();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    try {
      // Linux, Documentation/scheduler/sched-stats.rst: time on the CPU comes first.
      const [onCpuNs] = readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ');
      times.set(id, Number(onCpuNs));
    } catch {
      // It ended since the folder was listed.
    }
  }
  return times;
}
