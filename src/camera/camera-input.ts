/** A camera as people send it, new or changed. */
import { z } from 'zod';
import { cameraIdSchema, cameraSchema } from './camera-config.js';

const { shape } = cameraSchema;
const vad = shape.vad.unwrap().shape;
const live = shape.live.unwrap().shape;

/** A new camera, with its id beside its settings. */
export const newCameraSchema = cameraSchema
  .safeExtend({ id: cameraIdSchema })
  .describe('A camera as the configuration would have it, with its id')
  .meta({ id: 'NewCamera' });

export type CameraInput = Omit<z.infer<typeof newCameraSchema>, 'id'>;

/** Polygons are given whole; a zone that is null is removed. */
const zonePatch = z.record(shape.zones.unwrap().keyType, shape.zones.unwrap().valueType.nullable());

export const cameraPatchSchema = z
  .strictObject({
    url: shape.url.optional(),
    name: shape.name.nullable(),
    transport: shape.transport.unwrap().nullable().optional(),
    vad: z
      .strictObject({
        model: vad.model.nullable(),
        fps: vad.fps.nullable(),
        threshold: vad.threshold.nullable(),
        alarms_per_day: vad.alarms_per_day.nullable(),
        warmup_s: vad.warmup_s.nullable(),
      })
      .nullable()
      .optional(),
    live: z
      .strictObject({
        fps: live.fps.nullable(),
        width: live.width.nullable(),
        quality: live.quality.nullable(),
      })
      .nullable()
      .optional(),
    zones: zonePatch.nullable().optional(),
    masks: shape.masks.nullable(),
    schedule: shape.schedule.nullable(),
  })
  .describe('A JSON merge patch (RFC 7396): what is not named stays, null removes a setting')
  .meta({ id: 'CameraPatch' });

export type CameraPatch = z.infer<typeof cameraPatchSchema>;

/** A stream to be tried before it becomes a camera. */
export const triedStreamSchema = z
  .strictObject({ url: shape.url, transport: shape.transport })
  .meta({ id: 'StreamToTry' });
