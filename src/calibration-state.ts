/** What a camera's calibration is told about, over HTTP and on the command line. */
import { z } from 'zod';
import { vadModelNames } from './vad-model.js';

export const calibrationReasons = ['start', 'on request', 'drift', 'feedback', 'reverted'] as const;
/** How a calibration came about; `drift`: fitted anew in the course of the day. */
export type CalibrationReason = (typeof calibrationReasons)[number];

/**
 * How far a calibration can be relied on: `provisional` has seen less than 2 minutes, `fair` more, `good` has
 * seen 8 minutes and false alarms will be 10 times the budget at most.
 */
export const certainties = ['provisional', 'fair', 'good'] as const;
export type Certainty = (typeof certainties)[number];

const levelSchema = z.object({ level: z.number(), low: z.number(), high: z.number() });

const calibrationVersionSchema = z.object({
  version: z.int().describe('counts up from 1 for each camera'),
  fitted_at: z.number().describe('Unix seconds'),
  reason: z.enum(calibrationReasons),
  model: z.enum(vadModelNames),
  seconds: z.number().describe('of footage that it was fitted to'),
  frames: z.int(),
  threshold: levelSchema.describe(
    'energy at which an event begins, and bounds that hold with 80% confidence',
  ),
  alarms_per_day: levelSchema.describe(
    'false alarms to expect: the budget, and bounds that hold with 80% confidence',
  ),
  certainty: z.enum(certainties),
  forgiven: z.int().describe('patterns that people called false alarms'),
});

export const calibrationStateSchema = z.object({
  camera: z.string(),
  model: z.enum(vadModelNames),
  learning: z.object({
    seconds: z.number().describe('of ordinary footage seen for the next fit'),
    fit_at_s: z.number().describe('seconds at which it is fitted'),
    requested: z.boolean().describe('all that is seen is learned as ordinary'),
    fitting: z.boolean().describe('a fit is under way'),
  }),
  current: calibrationVersionSchema.nullable().describe('null while a new camera learns'),
  versions: z.array(calibrationVersionSchema).describe('newest first'),
  last_failure: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe('why the newest fit did not succeed'),
});

export type CalibrationVersionView = z.infer<typeof calibrationVersionSchema>;
export type CalibrationState = z.infer<typeof calibrationStateSchema>;

/** Minutes of footage that a calibration on request may take. */
export const CALIBRATION_MINUTES = { min: 0.2, max: 60, default: 10 } as const;
