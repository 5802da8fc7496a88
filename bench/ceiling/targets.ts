/** What the product is meant to reach, and what a run measured of it; pure. */
import type { Ratio } from '../micro/measure.js';
import { wanted } from '../micro/targets.js';
import type { Step } from './levels.js';
import { mainStream, SUB_STREAM } from './profile.js';
import type { Ceiling } from './search.js';

/** Names as in `bench/out/ceiling.json`. */
export interface Target {
  what: string;
  /** `at most` and `at least` include the limit itself. */
  limit: { is: 'at most' | 'at least'; value: number; unit: string };
  /** Null when this run did not measure it. */
  measured: number | null;
  holds: boolean | null;
}

/** What a run was made with, as far as targets are set for it. */
export interface Conditions {
  profile: string;
  codec: string;
  source: string;
  vad_fps: number;
  vad_model: string;
  tiles: number;
  /** Alarms a minute and camera; null without a VLM. */
  vlm_load: number | null;
}

/** The number of cameras that most targets speak of. */
const MANY = 16;
const CPU_LEFT_PERCENT = 25;
/** What else may run, the senders and viewers of the measurement included, before it says more than the product does. */
const OTHERS_PERCENT = 25;
const MS_PER_S = 1_000;
const BYTES_PER_MIB = 2 ** 20;
const BYTES_PER_GB = 1e9;

/** What the targets are set for, whatever the profile. */
const meant: Omit<Conditions, 'profile'> = {
  codec: 'h264',
  source: 'file',
  vad_fps: 5,
  vad_model: 'mnad',
  tiles: 4,
  vlm_load: null,
};

/** How the run differs from what the targets are set for: then they are a hint, for people. */
export function otherConditions(conditions: Conditions, steps: readonly Step[]): string[] {
  const others = Math.max(...steps.map((step) => step.machine_cpu_percent - step.cpu_percent));
  return [
    ...(Object.keys(meant) as (keyof typeof meant)[])
      .filter((name) => conditions[name] !== meant[name])
      .map((name) => `${name} ${conditions[name] ?? 'none'} instead of ${meant[name] ?? 'none'}`),
    ...(others > OTHERS_PERCENT ? [`up to ${others.toFixed(0)}% of the CPU taken by something else`] : []),
  ];
}

/** A fifth less than what fits: where a machine should be run, and where delays are looked at. */
export function comfortable(ceiling: number): number {
  return Math.floor(ceiling * 0.8);
}

/** `ratios`: as far as they were measured. */
export function targetsOf(
  profile: string,
  ceiling: Ceiling,
  steps: readonly Step[],
  ratios: readonly Ratio[],
): Target[] {
  const at = (cameras: number) => steps.find((step) => step.cameras === cameras);
  const [one, many, eased] = [at(1), at(MANY), at(comfortable(ceiling.cameras))];
  const isMain = profile === mainStream.name;
  const firstMs = many?.start_ms.first_scores;
  const easedText =
    comfortable(ceiling.cameras) === 0
      ? 'a fifth less than fit'
      : `a fifth less than fit (${comfortable(ceiling.cameras)})`;
  return [
    smallStreams(profile === SUB_STREAM ? steps : [], ceiling),
    mainStreams(isMain ? ceiling : null),
    ...Object.values(wanted).map((each) => ratioTarget(each, ratios)),
    row(
      `CPU a camera, ${MANY} against 1`,
      atMost(1.1, ''),
      one && many && many.cpu_percent / MANY / one.cpu_percent,
    ),
    row(`capture to score, p95, at ${easedText}`, atMost(150, 'ms'), eased?.capture_to_score_ms.p95),
    row(`main-loop delay, p99, at ${easedText}`, atMost(10, 'ms'), eased?.loop_delay_ms_p99),
    row(`start to listening, ${MANY} cameras`, atMost(1.5, 's'), many && many.start_ms.listening / MS_PER_S),
    row(`start to the first score of each of ${MANY} cameras`, atMost(5, 's'), firstMs && firstMs / MS_PER_S),
    row(
      `RSS with ${MANY} cameras of ${mainStream.name}`,
      atMost(1.2, 'GB'),
      isMain && many ? (many.rss_mb * BYTES_PER_MIB) / BYTES_PER_GB : null,
    ),
  ];
}

function mainStreams(ceiling: Ceiling | null): Target {
  return ceilingTarget(mainStream.name, ceiling?.cameras, ceiling?.broke === null);
}

/** Small streams must leave some of the CPU for what else a small machine does. */
function smallStreams(steps: readonly Step[], { cameras, broke }: Ceiling): Target {
  const leaving = steps.filter(
    (step) => step.cameras <= cameras && step.cpu_percent <= 100 - CPU_LEFT_PERCENT,
  );
  const counted = steps.length === 0 ? null : Math.max(0, ...leaving.map((step) => step.cameras));
  return ceilingTarget(
    `${SUB_STREAM} with ${CPU_LEFT_PERCENT}% of the CPU left`,
    counted,
    broke === null && counted === cameras,
  );
}

/** Undecided where more might fit. */
function ceilingTarget(what: string, cameras: number | null | undefined, mayBeMore: boolean): Target {
  const target = row(`cameras of ${what}`, { is: 'at least', value: MANY, unit: '' }, cameras);
  return target.holds === false && mayBeMore ? { ...target, holds: null } : target;
}

type Wanted = (typeof wanted)[keyof typeof wanted];

/** The name of a ratio goes on with its unit. */
function ratioTarget({ name, better, target }: Wanted, ratios: readonly Ratio[]): Target {
  const found = ratios.find((ratio) => ratio.name.startsWith(name));
  return row(
    name,
    { is: better === 'lower' ? 'at most' : 'at least', value: target, unit: '' },
    found?.ratio,
  );
}

function atMost(value: number, unit: string): Target['limit'] {
  return { is: 'at most', value, unit };
}

function row(what: string, limit: Target['limit'], measured: number | null | undefined): Target {
  if (measured === null || measured === undefined || Number.isNaN(measured))
    return { what, limit, measured: null, holds: null };
  const holds = limit.is === 'at most' ? measured <= limit.value : measured >= limit.value;
  return { what, limit, measured, holds };
}

/** As people read it: what was wanted, what it was, and whether that is enough. */
export function targetTexts({ what, limit, measured, holds }: Target) {
  const unit = limit.unit === '' ? '' : ` ${limit.unit}`;
  return {
    what,
    target: `${limit.is} ${limit.value}${unit}`,
    measured: measured === null ? 'not measured' : `${Number(measured.toPrecision(3))}${unit}`,
    holds: holds === null ? '–' : holds ? 'yes' : 'no',
  };
}
