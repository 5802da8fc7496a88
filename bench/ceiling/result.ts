/** What a run found, as `bench/out/ceiling.json` holds it; pure. */
import type { Machine } from '../../src/plan.js';
import type { Ratio } from '../micro/measure.js';
import { bottleneckOf, type Bottleneck } from './bottleneck.js';
import { brokenLevels, type Step } from './levels.js';
import type { Ceiling } from './search.js';
import type { Stage } from './stages.js';
import { otherConditions, targetsOf, type Conditions, type Target } from './targets.js';

export interface CeilingResult extends Conditions, Bottleneck {
  /** Of each stream, kilobits a second. */
  stream_kbit_s: number;
  /** The most that held every service level. */
  cameras: number;
  /** The fewest that did not; null when all held that were tried. */
  cameras_broke: number | null;
  /** Service levels that the fewest did not hold. */
  broke_on: string[];
  quick: boolean;
  /** Whether it was ended before it was through. */
  cut_short: boolean;
  /** Unix seconds. */
  measured_at: number;
  machine: Machine;
  targets: Target[];
  /** How the run differs from what the targets are set for. */
  targets_differ: string[];
  /** By the number of cameras. */
  steps: Step[];
  /** What each part costs with the fewest that did not fit, or else the most; empty where the system does not tell. */
  stages: Stage[];
}

export interface Run {
  conditions: Conditions;
  streamKbitS: number;
  quick: boolean;
  cutShort: boolean;
  measuredAt: number;
  machine: Machine;
  /** As far as they were measured. */
  ratios: readonly Ratio[];
}

/** `measured`: in any order; at least one. Throws without any. */
export function resultOf(ceiling: Ceiling, measured: readonly Step[], run: Run): CeilingResult {
  const steps = measured.toSorted((a, b) => a.cameras - b.cameras);
  const edge = steps.find(({ cameras }) => cameras === ceiling.broke) ?? steps.at(-1);
  if (edge === undefined) throw new Error('nothing was measured');
  return {
    ...run.conditions,
    stream_kbit_s: run.streamKbitS,
    cameras: ceiling.cameras,
    cameras_broke: ceiling.broke,
    broke_on: brokenLevels(edge),
    ...bottleneckOf(edge),
    quick: run.quick,
    cut_short: run.cutShort,
    measured_at: run.measuredAt,
    machine: run.machine,
    targets: targetsOf(run.conditions.profile, ceiling, steps, run.ratios),
    targets_differ: otherConditions(run.conditions, steps),
    steps,
    stages: edge.stages ?? [],
  };
}

/** How many fit, for people, as "31 cameras" or "16 or more cameras". */
export function ceilingText({
  cameras,
  cameras_broke,
}: Pick<CeilingResult, 'cameras' | 'cameras_broke'>): string {
  if (cameras_broke === null) return `${cameras} or more cameras`;
  if (cameras_broke > cameras + 1) return `${cameras} to ${cameras_broke - 1} cameras`;
  return cameras === 1 ? '1 camera' : `${cameras} cameras`;
}
