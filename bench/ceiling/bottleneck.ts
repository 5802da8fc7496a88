/** What stands in the way of more cameras; pure. */
import { brokenLevels, type Step } from './levels.js';
import { stageNames, type Stage, type StageId } from './stages.js';

/** Names as in `bench/out/ceiling.json`. */
export interface Bottleneck {
  /** Null where it is not known, or not what is short. */
  stage: StageId | null;
  resource: 'all cores' | 'cores in bursts' | 'one core' | 'disk' | 'cores that others use' | 'none found';
  /** Both for people. */
  bottleneck: string;
  lift: string;
}

/** Busier than this, cores or a thread have nothing left to give. */
const FULL_PERCENT = 90;
/** A thread that works in bursts keeps others waiting well before it is full. */
const THREAD_FULL_PERCENT = 80;

const lifts: Record<StageId, string> = {
  cameras:
    'sub-streams of a lower resolution or frame rate, hardware decoding, fewer watched tiles, or more cores',
  vad: 'a lower vad.fps, a cheaper vad.model, or an accelerator',
  main: 'fewer watched tiles, fewer clients, or faster cores',
  store: 'a faster disk for data_dir, or fewer events',
  tasks: 'more cores',
  v8: 'more cores',
  libraries: 'more cores, and the VLM on an accelerator or another machine',
};

/** Of one step: the first that broke, or the last when none did. */
export function bottleneckOf(step: Step): Bottleneck {
  const broken = brokenLevels(step);
  if (broken.length === 0)
    return {
      stage: null,
      resource: 'none found',
      bottleneck: 'none was found',
      lift: 'a higher --max, or no --quick',
    };
  const costliest = highest(step.stages, ({ cpu_ms_per_camera_second }) => cpu_ms_per_camera_second);
  const full = highest(
    // Camera threads are many: when one is full, its stream is too large for one core, but not so the others'.
    step.stages?.filter(({ id, busiest_thread_percent }) => {
      return id in singleThreads && busiest_thread_percent > THREAD_FULL_PERCENT;
    }),
    ({ busiest_thread_percent }) => busiest_thread_percent,
  );
  if (step.cpu_percent > FULL_PERCENT) return named('all cores', 'all cores are busy', costliest);
  if (full !== undefined)
    return {
      stage: full.id,
      resource: 'one core',
      bottleneck: `${full.name}: one thread, busy for ${full.busiest_thread_percent.toFixed(0)}% of the time`,
      lift: lifts[full.id],
    };
  if (step.machine_cpu_percent > FULL_PERCENT) return othersIn(step, costliest);
  if (broken.includes('store_lag_s'))
    return { stage: 'store', resource: 'disk', bottleneck: 'the disk', lift: lifts.store };
  if (broken.includes('loop_delay_ms_p99') || (broken.includes('live_fps_min') && step.overload === 'normal'))
    return {
      stage: 'main',
      resource: 'cores in bursts',
      bottleneck: `${stageNames.main}: it waits for its turn, or does too much at a time`,
      lift: lifts.main,
    };
  return named(
    'cores in bursts',
    'cores in bursts, as frames that come at the same moment wait for each other',
    costliest,
  );
}

/** Stages of one thread, which no other core can help. */
const singleThreads: Partial<Record<StageId, true>> = { main: true, vad: true, store: true };

function named(resource: Bottleneck['resource'], short: string, costliest: Stage | undefined): Bottleneck {
  if (costliest === undefined) return { stage: null, resource, bottleneck: short, lift: 'more cores' };
  const { id, name, cpu_ms_per_camera_second: ms } = costliest;
  return {
    stage: id,
    resource,
    bottleneck: `${short}; most goes to the ${name}, ${ms.toFixed(0)} ms a camera and second`,
    lift: lifts[id],
  };
}

function othersIn(step: Step, costliest: Stage | undefined): Bottleneck {
  const others = step.machine_cpu_percent - step.cpu_percent;
  return {
    stage: costliest?.id ?? null,
    resource: 'cores that others use',
    bottleneck: `all cores are busy, ${others.toFixed(0)}% of them with what is not the product`,
    lift: 'to end what else runs on this machine',
  };
}

function highest(
  stages: readonly Stage[] | null | undefined,
  by: (stage: Stage) => number,
): Stage | undefined {
  return stages?.toSorted((a, b) => by(b) - by(a))[0];
}
