import { z } from 'zod';
import { cameraStates } from '../actors/camera-state.js';

/** A camera as clients see it. */
export const cameraViewSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    state: z.enum(cameraStates),
    fps: z.number().describe('frames per second that reach anomaly detection'),
    score: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('newest anomaly score; null before the first, and while the picture cannot be scored'),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('score from which a frame counts as anomalous; null until the camera is calibrated'),
    live: z
      .strictObject({ watchers: z.int(), width: z.int(), height: z.int(), fps: z.number() })
      .describe('how many watch, and the size and rate at which it is encoded for them'),
    health: z
      .string()
      .describe('why there is no stream, how far the camera has learned, or what its picture is worth'),
    last_error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    url: z.string().describe('without credentials'),
  })
  .meta({ id: 'Camera' });

export type CameraView = z.infer<typeof cameraViewSchema>;
