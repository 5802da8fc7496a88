/** What can go wrong in a demo scene. */
export const anomalyKinds = [
  'running',
  'vehicle',
  'wrong_way',
  'fall',
  'loitering',
  'left_bag',
  'smoke',
] as const;

export type AnomalyKind = (typeof anomalyKinds)[number];

/** When an anomaly shows; seconds from the start of the clip, `endS` exclusive. */
export interface ScheduledAnomaly {
  readonly kind: AnomalyKind;
  readonly startS: number;
  readonly endS: number;
}

/** A camera of the built-in demo: a looped clip of the project's own drawing. */
export interface DemoCamera {
  readonly id: string;
  readonly name: string;
  /** File name inside `src/demo/clips/`. */
  readonly clip: string;
  /** Length of the clip, and the period after which it repeats. */
  readonly seconds: number;
  readonly anomalies: readonly ScheduledAnomaly[];
}

/**
 * The four demo cameras. Each clip opens with 28 s of ordinary walking, long enough to calibrate a camera on,
 * and its last 10 s are ordinary again.
 *
 * This module imports nothing: the running product reads it, and must not pull in the renderer.
 */
export const demoCameras = [
  {
    id: 'gate',
    name: 'Front gate',
    clip: 'gate.mp4',
    seconds: 90,
    anomalies: [
      { kind: 'running', startS: 32, endS: 38 },
      { kind: 'left_bag', startS: 52, endS: 62 },
      { kind: 'fall', startS: 70, endS: 76 },
    ],
  },
  {
    id: 'plaza',
    name: 'Plaza',
    clip: 'plaza.mp4',
    seconds: 90,
    anomalies: [
      { kind: 'vehicle', startS: 30, endS: 37 },
      { kind: 'fall', startS: 52, endS: 58 },
      { kind: 'running', startS: 70, endS: 77 },
    ],
  },
  {
    id: 'lane',
    name: 'Service lane',
    clip: 'lane.mp4',
    seconds: 90,
    anomalies: [
      { kind: 'wrong_way', startS: 31, endS: 36 },
      { kind: 'vehicle', startS: 50, endS: 56 },
      { kind: 'smoke', startS: 68, endS: 77 },
    ],
  },
  {
    id: 'yard',
    name: 'Yard',
    clip: 'yard.mp4',
    seconds: 90,
    anomalies: [
      { kind: 'smoke', startS: 31, endS: 40 },
      { kind: 'running', startS: 52, endS: 58 },
      { kind: 'loitering', startS: 68, endS: 78 },
    ],
  },
] as const satisfies readonly DemoCamera[];
