import type { CalibrationState } from '../../src/calibration-state.js';
import type { Calibration } from '../../src/scoring/calibration.js';
import { describeVersion } from '../../src/scoring/saved-calibrations.js';
import { returnLevel } from '../../src/scoring/tail.js';

const tail = { from: 1, scale: 0.2, shape: 0, perSecond: 0.1 };
const level = returnLevel(tail, 1);

/** A plain calibration of MNAD's errors for one alarm a day; `fields` replace its own. */
export function calibration(fields: Partial<Calibration> = {}): Calibration {
  return {
    model: 'mnad',
    frames: 3_000,
    seconds: 600,
    scale: Array.from({ length: 12 }, () => 1),
    paces: [],
    features: [{ low: 0, high: 1, mean: 0.5, sd: 0.1 }],
    density: null,
    median: 0,
    tail,
    threshold: { level, low: level - 0.1, high: level + 0.1 },
    forgiven: [],
    ...fields,
  };
}

/** Of a camera that learned for 10 minutes once it was asked to; `fields` replace its own. */
export function calibrationState(camera: string, fields: Partial<CalibrationState> = {}): CalibrationState {
  const reason = 'on request';
  const current = describeVersion({ version: 2, fittedAt: 1_000, reason, calibration: calibration() }, 1);
  return {
    camera,
    model: 'mnad',
    learning: { seconds: 30, fit_at_s: 4_200, requested: false, fitting: false },
    current,
    versions: [current],
    last_failure: null,
    ...fields,
  };
}
