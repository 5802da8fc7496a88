/** What the product is meant to reach, and what a run measured of it; pure. */
import type { Ceiling } from './search.js';
import type { Step } from './levels.js';

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
  vlm_load: boolean;
}

/** The number of cameras that most targets speak of. */
const MANY = 16;
const CPU_LEFT_PERCENT = 25;
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
  vlm_load: false,
};

/** How the run differs from what the targets are set for: then they are a hint, for people. */
export function otherConditions(conditions: Conditions): string[] {
  return (Object.keys(meant) as (keyof typeof meant)[])
    .filter((name) => conditions[name] !== meant[name])
    .map((name) => `${name} ${String(conditions[name])} instead of ${String(meant[name])}`);
}

/** A fifth less than what fits: where a machine should be run, and where delays are looked at. */
export function comfortable(ceiling: number): number {
  return Math.floor(ceiling * 0.8);
}

export function targetsOf(profile: string, ceiling: Ceiling, steps: readonly Step[]): Target[] {
  const at = (cameras: number) => steps.find((step) => step.cameras === cameras);
  const [one, many, eased] = [at(1), at(MANY), at(comfortable(ceiling.cameras))];
  const firstMs = many?.start_ms.first_scores ?? null;
  const easedText = `a fifth less than fit (${comfortable(ceiling.cameras)})`;
  return [
    cameraTarget(profile, ceiling, steps),
    row(`start to listening, ${MANY} cameras`, atMost(1.5, 's'), many && many.start_ms.listening / MS_PER_S),
    row(`start to the first score of each of ${MANY} cameras`, atMost(5, 's'), firstMs && firstMs / MS_PER_S),
    ...(profile === '720p25'
      ? [
          row(
            `RSS with ${MANY} cameras`,
            atMost(1.2, 'GB'),
            many && (many.rss_mb * BYTES_PER_MIB) / BYTES_PER_GB,
          ),
        ]
      : []),
    row(
      `CPU a camera, ${MANY} against 1`,
      atMost(1.1, ''),
      one && many && many.cpu_percent / MANY / one.cpu_percent,
    ),
    row(`capture to score, p95, at ${easedText}`, atMost(150, 'ms'), eased?.capture_to_score_ms.p95),
    row(`main-loop delay, p99, at ${easedText}`, atMost(10, 'ms'), eased?.loop_delay_ms_p99),
  ];
}

/** Small streams must leave some of the CPU for what else a small machine does. */
function cameraTarget(profile: string, { cameras, broke }: Ceiling, steps: readonly Step[]): Target {
  const leaves = profile === '360p10';
  const counted = leaves
    ? Math.max(0, ...steps.filter((step) => fits(step, cameras)).map((step) => step.cameras))
    : cameras;
  const target = row(
    `cameras of ${profile}${leaves ? ` with ${CPU_LEFT_PERCENT}% of the CPU left` : ''}`,
    { is: 'at least', value: MANY, unit: '' },
    counted,
  );
  const mayBeMore = broke === null && counted === cameras;
  return target.holds === false && mayBeMore ? { ...target, holds: null } : target;
}

function fits({ cameras, cpu_percent }: Step, ceiling: number): boolean {
  return cameras <= ceiling && cpu_percent <= 100 - CPU_LEFT_PERCENT;
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
