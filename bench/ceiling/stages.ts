/** What each part of the product costs, from the CPU time of its threads; pure. */
import type { ThreadNames, ThreadTimes } from './thread-times.js';

/** What the threads of the product do. Names as in `bench/out/ceiling.json`. */
export const stageNames = {
  cameras: 'camera threads: read, decode, scale, encode',
  vad: 'GPU thread: VAD graphs',
  main: 'main thread: scores, events, HTTP, live views',
  store: 'writer thread: journal, DuckDB',
  tasks: 'calibration and agent threads',
  v8: "V8's threads: compiling, collecting garbage",
  libraries: 'threads of libraries: libuv, DuckDB, VLM',
} as const;
export type StageId = keyof typeof stageNames;

/** One part of the product, over all of its threads. */
export interface Stage {
  id: StageId;
  name: string;
  /** That took CPU time meanwhile. */
  threads: number;
  cpu_ms_per_camera_second: number;
  /** Of the thread that took most, 100 being one core. */
  busiest_thread_percent: number;
}

const stageOfName: Record<string, StageId> = {
  main: 'main',
  v8: 'v8',
  'camera.worker.js': 'cameras',
  'gpu.worker.js': 'vad',
  'writer.worker.js': 'store',
};

const NS_PER_MS = 1e6;

/** From one moment to `seconds` later. A thread that ended in between is left out; one that began counts from its start. */
export function stagesOf(
  names: ThreadNames,
  from: ThreadTimes,
  to: ThreadTimes,
  { cameras, seconds }: { cameras: number; seconds: number },
): Stage[] {
  const msOf = new Map<StageId, number[]>();
  for (const [id, ns] of to) {
    const ms = (ns - (from.get(id) ?? 0)) / NS_PER_MS;
    const stage = stageOf(names.get(id));
    if (ms > 0) msOf.set(stage, [...(msOf.get(stage) ?? []), ms]);
  }
  return (Object.keys(stageNames) as StageId[]).map((id) => {
    const ms = msOf.get(id) ?? [];
    return {
      id,
      name: stageNames[id],
      threads: ms.length,
      cpu_ms_per_camera_second: ms.reduce((sum, each) => sum + each, 0) / cameras / seconds,
      busiest_thread_percent: Math.max(0, ...ms) / seconds / 10,
    };
  });
}

/** Threads without a name were started by a library; workers of other files are Piscina's. */
function stageOf(name: string | undefined): StageId {
  return name === undefined ? 'libraries' : (stageOfName[name] ?? 'tasks');
}
