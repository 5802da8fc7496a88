/** The figures of a run as rows of texts, for the terminal and for the page; pure. */
import { brokenLevels, type Step } from './levels.js';
import { targetTexts, type Target } from './targets.js';

export type Row = Record<string, string>;

export function stepRows(steps: readonly Step[]): Row[] {
  return steps.map((step) => {
    const { p50, p95, p99 } = step.capture_to_score_ms;
    const broken = brokenLevels(step);
    return {
      cameras: String(step.cameras),
      'CPU %': step.cpu_percent.toFixed(0),
      'machine %': step.machine_cpu_percent.toFixed(0),
      'score p50 ms': p50.toFixed(0),
      'p95 ms': p95.toFixed(0),
      'p99 ms': p99.toFixed(0),
      'VAD drops %': (step.vad_drop_ratio * 100).toFixed(1),
      'live FPS min': step.live_fps_min?.toFixed(2) ?? '–',
      'loop p99 ms': step.loop_delay_ms_p99.toFixed(1),
      'store lag s': step.store_lag_s.toFixed(1),
      'RSS MB': step.rss_mb.toFixed(0),
      ...(step.vlm === null
        ? {}
        : {
            'VLM answers': `${step.vlm.answered} of ${step.vlm.wanted.toFixed(0)} alarms, ${step.vlm.unverified} left out`,
          }),
      broken: broken.length === 0 ? 'no' : broken.join(', '),
    };
  });
}

/** CPU milliseconds a camera and second, a column for each number of cameras; none where the system does not tell. */
export function stageRows(steps: readonly Step[]): Row[] {
  const told = steps.flatMap(({ cameras, stages }) => (stages === null ? [] : [{ cameras, stages }]));
  const last = told.at(-1)?.stages ?? [];
  const rows = last.map(({ id, name, busiest_thread_percent }) => ({
    'CPU ms a camera and second': name,
    ...byCameras(told, (stages) => stages.find((stage) => stage.id === id)?.cpu_ms_per_camera_second ?? NaN),
    'busiest thread %': busiest_thread_percent.toFixed(0),
  }));
  if (rows.length === 0) return [];
  const total = byCameras(told, (stages) =>
    stages.reduce((sum, { cpu_ms_per_camera_second: ms }) => sum + ms, 0),
  );
  return [...rows, { 'CPU ms a camera and second': 'all', ...total, 'busiest thread %': '' }];
}

type Told = { cameras: number; stages: NonNullable<Step['stages']> };

function byCameras(told: readonly Told[], ms: (stages: Told['stages']) => number): Row {
  // A name of digits alone would come first, whatever the order.
  return Object.fromEntries(told.map(({ cameras, stages }) => [`of ${cameras}`, ms(stages).toFixed(1)]));
}

export function targetRows(targets: readonly Target[]): Row[] {
  return targets.map((target) => ({ ...targetTexts(target) }));
}
