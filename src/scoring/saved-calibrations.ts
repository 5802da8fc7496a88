import { z } from 'zod';
import {
  calibrationReasons,
  type CalibrationReason,
  type CalibrationVersionView,
  type Certainty,
} from '../calibration-state.js';
import { AppError } from '../errors.js';
import { vadModelNames } from '../vad-model.js';
import { MOST_FORGIVEN, type Calibration } from './calibration.js';
import { featureNames } from './frame-sample.js';
import { passesPerDay } from './tail.js';

/** A calibration that a camera had or has. */
export interface CalibrationVersion {
  /** Counts up from 1. */
  version: number;
  /** Unix seconds. */
  fittedAt: number;
  reason: CalibrationReason;
  calibration: Calibration;
}

/** Versions of one camera that are kept. */
export const MOST_VERSIONS = 5;
/** Reasons of which one after the other is one version: what goes on by itself must not push out what people did. */
const continuing: readonly CalibrationReason[] = ['start', 'drift', 'feedback'];
/** With less footage the tail is mostly the prior's. */
const LEAST_SECONDS = 120;
/** Footage and factor between budget and upper bound that make a calibration good. */
const GOOD_SECONDS = 480;
const GOOD_FACTOR = 10;

const number = z.number();
export const calibrationSchema = z
  .object({
    model: z.enum(vadModelNames),
    frames: z.int(),
    seconds: number,
    scale: z.array(number.positive()),
    paces: z.array(number.positive()),
    features: z.array(z.object({ low: number, high: number, mean: number, sd: number.nonnegative() })).min(1),
    density: z
      .object({
        weights: z.array(number),
        levels: z.array(z.object({ mean: number, sd: number.positive() })),
      })
      .nullable(),
    median: number,
    tail: z.object({ from: number, scale: number.positive(), shape: number, perSecond: number }),
    threshold: z.object({ level: number, low: number, high: number }),
    forgiven: z.array(z.array(number)).max(MOST_FORGIVEN),
  })
  // One of other features, as an older release fitted it, tells nothing of today's frames.
  .refine(({ model, features }) => features.length === featureNames(model).length, {
    path: ['features'],
    message: 'it was fitted to other features',
  });

const savedSchema = z.object({
  basis: z.string(),
  versions: z
    .array(
      z.object({
        version: z.int().positive(),
        fittedAt: number,
        reason: z.enum(calibrationReasons),
        calibration: calibrationSchema,
      }),
    )
    .max(MOST_VERSIONS),
});

/** The versions of a camera as they are stored. */
export interface SavedCalibrations {
  /** What scores depend on beside the calibration, such as zones: another basis makes it worthless. */
  basis: string;
  /** Oldest first; the last one is in use. */
  versions: CalibrationVersion[];
}

/** What was saved. Throws `calibration.damaged`. */
export function restoreCalibrations(saved: unknown): SavedCalibrations {
  const parsed = savedSchema.safeParse(saved);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new AppError('calibration.damaged', `what is stored is no calibration (${where}); it is ignored`);
}

/** The versions with another one in use. */
export function addVersion(
  versions: readonly CalibrationVersion[],
  added: Omit<CalibrationVersion, 'version'>,
): CalibrationVersion[] {
  const last = versions.at(-1);
  const version = (last?.version ?? 0) + 1;
  const continues = last?.reason === added.reason && continuing.includes(added.reason);
  const kept = continues ? versions.slice(0, -1) : versions;
  return [...kept, { ...added, version }].slice(-MOST_VERSIONS);
}

/** For people; `alarmsPerDay` is the budget that the threshold is set by. */
export function describeVersion(
  { version, fittedAt, reason, calibration }: CalibrationVersion,
  alarmsPerDay: number,
): CalibrationVersionView {
  const { model, seconds, frames, threshold, tail, forgiven } = calibration;
  // The level in use is as far from a true one at its upper bound as the reflection of that bound is from it.
  const reflected = { low: 2 * threshold.level - threshold.low, high: 2 * threshold.level - threshold.high };
  const alarms = {
    level: alarmsPerDay,
    low: passesPerDay(tail, reflected.low),
    high: passesPerDay(tail, reflected.high),
  };
  return {
    version,
    fitted_at: fittedAt,
    reason,
    model,
    seconds,
    frames,
    threshold,
    alarms_per_day: alarms,
    certainty: certaintyOf(seconds, alarms),
    forgiven: forgiven.length,
  };
}

function certaintyOf(seconds: number, { level, high }: { level: number; high: number }): Certainty {
  if (seconds < LEAST_SECONDS) return 'provisional';
  return seconds >= GOOD_SECONDS && high <= GOOD_FACTOR * level ? 'good' : 'fair';
}
