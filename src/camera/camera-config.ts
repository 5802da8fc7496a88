/** A camera's settings: where its stream is, where in its picture and when it is watched, and how. */
import { z } from 'zod';
import { scheduleSchema, type WeeklyHours } from '../schedule.js';
import { vadModelNames } from '../vad-model.js';
import { activeCells, cellsInside, type Polygon, type Zones } from '../zones.js';

const fps = z.number().min(0.2).max(10).describe('frames a second');

const vadModel = z.enum(vadModelNames).describe('mnad: prediction, mulde: density of motion, fused: both');
const vadFps = fps.describe('frames a second that the VAD sees; the model was trained at 5');
const threshold = z
  .union([z.literal('auto'), z.number().gt(0).lt(1)])
  .describe('anomaly score that begins an event; auto is 0.5, where the budget of false alarms is spent');
const alarmsPerDay = z
  .number()
  .gt(0)
  .max(10_000)
  .describe('false alarms a day that a camera may make; its calibration sets the threshold by it');
const warmup = z
  .number()
  .min(1)
  .max(3_600)
  .describe('seconds in which a camera only learns what is usual, and says nothing');
const liveWidth = z.int().min(64).max(1280).describe('pixels; never above the stream');
const quality = z.int().min(1).max(100).describe('JPEG quality');

/** What a camera has that says nothing else. */
export const cameraDefaultsSchema = z.strictObject({
  vad: z
    .strictObject({
      model: vadModel.default('mulde'),
      fps: vadFps.default(5),
      threshold: threshold.default('auto'),
      alarms_per_day: alarmsPerDay.default(1),
      warmup_s: warmup.default(20),
    })
    .prefault({}),
  live: z
    .strictObject({ fps: fps.default(5), width: liveWidth.default(640), quality: quality.default(75) })
    .prefault({}),
});

const shareMessage =
  'a point is [x, y], shares of the width and the height, from [0, 0], top left, to [1, 1]';
const share = z.number().min(0, shareMessage).max(1, shareMessage);
const point = z.tuple([share, share], shareMessage);
const pointsMessage = 'a polygon has 3 to 50 points';
const polygon = z
  .strictObject({ points: z.array(point).min(3, pointsMessage).max(50, pointsMessage) })
  .refine(
    (drawn) => cellsInside(drawn).length > 0,
    'it holds no cell of the picture, which are 1/24 of the width and of the height; make it larger',
  );
const MAX_POLYGONS = 16;
const zones = z
  .record(nameSchema('a zone name'), polygon)
  .refine((drawn) => Object.keys(drawn).length <= MAX_POLYGONS, `a camera has at most ${MAX_POLYGONS} zones`)
  .describe('only anomalies inside of one count; none: the whole picture is watched');
const masks = z.array(polygon).max(MAX_POLYGONS).describe('what happens inside never counts');

const schedule = z
  .array(scheduleSchema)
  .min(1, 'without hours it is never watched; remove the setting, or pause the camera')
  .max(50)
  .describe('hours in which anomalies are events, local time; always, when absent');

/** A camera as the configuration has it, under its id. */
export const cameraSchema = z
  .strictObject({
    url: z.string().min(1).describe('rtsp://, rtsps://, or a file inside media_dir'),
    name: z.string().min(1).max(100).optional(),
    transport: z.enum(['tcp', 'udp']).default('tcp').describe('of RTSP'),
    vad: z
      .strictObject({
        model: vadModel,
        fps: vadFps,
        threshold,
        alarms_per_day: alarmsPerDay,
        warmup_s: warmup,
      })
      .partial()
      .prefault({}),
    live: z.strictObject({ fps, width: liveWidth, quality }).partial().prefault({}),
    zones: zones.optional(),
    masks: masks.optional(),
    schedule: schedule.optional(),
  })
  .refine((own) => own.masks === undefined || activeCells(own.zones ?? {}, own.masks).includes(1), {
    message: 'they leave nothing to watch',
    path: ['masks'],
  });

export const cameraIdSchema = nameSchema('a camera id');

const MOST_CAMERAS = 32;

/** By id. */
export const camerasSchema = z
  .record(cameraIdSchema, cameraSchema)
  .refine(
    (cameras) => Object.keys(cameras).length <= MOST_CAMERAS,
    `there may be ${MOST_CAMERAS} cameras at most; start a second service for the others`,
  );

export type CameraDefaults = z.infer<typeof cameraDefaultsSchema>;
export type CameraConfig = z.infer<typeof cameraSchema>;

/** The camera's own settings over the defaults. */
export interface CameraSettings {
  id: string;
  name: string;
  url: string;
  transport: 'tcp' | 'udp';
  vad: CameraDefaults['vad'];
  live: CameraDefaults['live'];
  zones: Zones;
  masks: readonly Polygon[];
  /** Anomalies are events within any of these; always, when there are none. */
  schedule: readonly WeeklyHours[];
}

export function cameraSettings(
  { defaults }: { defaults: CameraDefaults },
  id: string,
  own: CameraConfig,
): CameraSettings {
  return {
    id,
    name: own.name ?? id,
    url: own.url,
    transport: own.transport,
    vad: { ...defaults.vad, ...definedOf(own.vad) },
    live: { ...defaults.live, ...definedOf(own.live) },
    zones: own.zones ?? {},
    masks: own.masks ?? [],
    schedule: own.schedule ?? [],
  };
}

/** What can stand in an address or a file name as it is. */
function nameSchema(what: string): z.ZodString {
  // No object can have the one name that is not allowed as a key of its own in all places.
  return z
    .string()
    .regex(/^(?!__proto__$)[A-Za-z0-9_-]{1,64}$/, `${what} is 1 to 64 letters, digits, _ or -`);
}

/** Without the keys that are undefined, which would hide a default. */
function definedOf<T extends object>(partial: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined)) as never;
}
