/** When the product does less than it was asked to, and in which order; pure. */
import { overloadStates, type OverloadState } from '../../overload-states.js';

/** How a while went, named as the log and the API tell it. */
export interface Load {
  /** Of the frames that were due for anomaly detection, the share that was left out; 0 when none was due. */
  drop_ratio: number;
  /** Milliseconds from capture to score, 95th percentile; null when nothing was scored. */
  score_delay_ms: number | null;
  /** Milliseconds that the main thread was late, 99th percentile. */
  loop_delay_ms: number;
}

/**
 * More than this is too much. Well beyond what `npm run bench` calls a service level: that tells how many cameras to
 * have, this that people would be told late or not at all.
 */
export const loadLimits: Readonly<Record<keyof Load, number>> = {
  drop_ratio: 0.05,
  score_delay_ms: 500,
  loop_delay_ms: 100,
};

export interface Overload {
  state: OverloadState;
  /** What was too much when it came to this; empty when normal. */
  because: readonly (keyof Load)[];
  /** Loads one after the other that were too much; negative: that were not. */
  streak: number;
  /** Loads that must be calm one after the other before it does more again. */
  patience: number;
}

/** Too much that often in a row is no accident. */
const STEP_UP_AFTER = 2;
/** To do more again is tried a minute of calm later at first, and when that was wrong, later each time. */
const PATIENCE = { least: 12, most: 120 };

export const normal: Overload = { state: 'normal', because: [], streak: 0, patience: PATIENCE.least };

export function tooMuch(load: Load): (keyof Load)[] {
  return (Object.keys(loadLimits) as (keyof Load)[]).filter((what) => (load[what] ?? 0) > loadLimits[what]);
}

/** Takes the load of the last few seconds. */
export function advanceOverload(overload: Overload, load: Load): Overload {
  const because = tooMuch(load);
  const isTooMuch = because.length > 0;
  const goesOn = isTooMuch === overload.streak > 0;
  const streak = (goesOn ? overload.streak : 0) + (isTooMuch ? 1 : -1);
  const at = overloadStates.indexOf(overload.state);
  if (streak >= STEP_UP_AFTER) {
    const state = overloadStates[at + 1];
    return state === undefined ? { ...overload, streak } : { ...overload, state, because, streak: 0 };
  }
  if (-streak >= overload.patience) return lighter({ ...overload, streak: 0 }, at);
  const isRelapse = isTooMuch && overload.streak < 0 && at > 0;
  const patience = isRelapse ? Math.min(overload.patience * 2, PATIENCE.most) : overload.patience;
  return { ...overload, streak, patience };
}

function lighter(overload: Overload, at: number): Overload {
  const state = overloadStates[at - 1] ?? 'normal';
  return state === 'normal' ? normal : { ...overload, state };
}
