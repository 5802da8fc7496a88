import { z } from 'zod';
import { packagePath } from './paths.js';
import { severities } from './event.js';
import { scheduleSchema } from './schedule.js';
import { modelNameSchema as modelName } from './model-name.js';
import { activeCells, cellsInside, type Polygon, type Zones } from './zones.js';
import { vadModelNames } from './vad-model.js';

/** Every setting with its default and unit. Unknown keys are refused, so that a typing error cannot pass silently. */

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

const defaults = z.strictObject({
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

const camera = z
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
  })
  .refine((own) => own.masks === undefined || activeCells(own.zones ?? {}, own.masks).includes(1), {
    message: 'they leave nothing to watch',
    path: ['masks'],
  });

export const cameraIdSchema = nameSchema('a camera id');

const alertRule = z.strictObject({
  name: z.string().min(1),
  cameras: z.array(z.string()).optional().describe('any, when absent'),
  labels: z.array(z.string()).optional().describe('any, when absent'),
  min_severity: z.enum(severities).default('low'),
  action: z.enum(['alert', 'ignore']).default('alert'),
});

const vlm = z.strictObject({
  enabled: z.boolean().default(true),
  model: modelName
    .default('auto')
    .describe('a pulled model; auto: the newest one pulled, and the shipped one for the demo cameras'),
  endpoint: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe('of an OpenAI-compatible server, ending in /v1'),
      model: z.string().min(1).max(200),
      api_key: z.string().min(1).optional(),
    })
    .optional()
    .describe('asked instead of a model in this process'),
  frames: z
    .int()
    .min(1)
    .max(4)
    .default(4)
    .describe('pictures of an event at most, for models that take several'),
  threads: z.int().min(1).max(64).default(1).describe('CPU threads of the model; more slow the VAD down'),
  timeout_s: z.number().min(1).max(300).default(30).describe('seconds that one verdict may take'),
  verify_deadline_s: z
    .number()
    .min(0.5)
    .max(300)
    .default(10)
    .describe('seconds from onset to alert at most, with or without a verdict'),
  queue: z.int().min(1).max(256).default(32).describe('candidates that may wait for a verdict'),
});

const agentRule = z.strictObject({
  name: z.string().min(1).max(100),
  cameras: z.array(z.string()).optional().describe('any, when absent'),
  labels: z.array(z.string()).optional().describe('any, when absent'),
  schedule: scheduleSchema.optional().describe('local time; always, when absent'),
  min_severity: z.enum(severities).describe('events that the rule is for are at least this severe'),
});

const agent = z.strictObject({
  enabled: z.boolean().default(true).describe('false: the written policy alone decides'),
  model: modelName.default('auto').describe('auto: the shipped one'),
  threads: z.int().min(1).max(64).default(1),
  timeout_s: z.number().min(0.1).max(60).default(5).describe('seconds that one decision may take'),
  queue: z.int().min(1).max(1_000).default(64).describe('events that may wait for a decision'),
  rules: z.array(agentRule).max(100).default([]),
});

export const configSchema = z.strictObject({
  data_dir: z.string().default('./data').describe('events, snapshots, journal'),
  media_dir: z.string().default('./media').describe('video files that the configuration may name'),
  models_dir: z.string().default(packagePath('models')),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8971).describe('0 picks a free port'),
      tokens: z.array(z.string().min(32, 'a token has at least 32 characters')).default([]),
    })
    .prefault({}),
  defaults: defaults.prefault({}),
  cameras: z.record(cameraIdSchema, camera).default({}),
  resources: z
    .strictObject({
      device: z.enum(['auto', 'cpu', 'cuda']).default('auto').describe('auto falls back to the CPU'),
      vram_mb: z.int().positive().default(6144),
      vad_mb: z.int().positive().default(1024),
      vlm_mb: z.int().positive().default(4096),
      agent_mb: z.int().positive().default(1024),
      idle_unload_s: z
        .number()
        .min(1)
        .max(86_400)
        .default(300)
        .describe('seconds without use after which the VLM or the agent is unloaded'),
    })
    .prefault({}),
  vlm: vlm.prefault({}),
  agent: agent.prefault({}),
  store: z
    .strictObject({
      batch_size: z.int().min(1).max(1000).default(10).describe('events that make a flush'),
      batch_ms: z.int().min(10).max(60_000).default(1000).describe('longest wait for a flush'),
      retention_days: z.number().positive().max(3650).default(30),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      dedup_s: z.number().min(0).max(3600).default(15),
      digest_s: z.number().min(1).max(3600).default(60),
      rules: z.array(alertRule).max(100).default([]).describe('the first that matches decides; none: alert'),
      channels: z.strictObject({}).prefault({}).describe('beside the log and the WebSocket'),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type CameraConfig = Config['cameras'][string];
export type AlertRule = z.infer<typeof alertRule>;
export type AgentRuleConfig = z.infer<typeof agentRule>;

/** The camera's own settings over the defaults. */
export interface CameraSettings {
  id: string;
  name: string;
  url: string;
  transport: 'tcp' | 'udp';
  vad: Config['defaults']['vad'];
  live: Config['defaults']['live'];
  zones: Zones;
  masks: readonly Polygon[];
}

export function cameraSettings(config: Config, id: string, own: CameraConfig): CameraSettings {
  return {
    id,
    name: own.name ?? id,
    url: own.url,
    transport: own.transport,
    vad: { ...config.defaults.vad, ...definedOf(own.vad) },
    live: { ...config.defaults.live, ...definedOf(own.live) },
    zones: own.zones ?? {},
    masks: own.masks ?? [],
  };
}

/** What can stand in an address or a file name as it is. */
function nameSchema(what: string): z.ZodString {
  return z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, `${what} is 1 to 64 letters, digits, _ or -`);
}

/** Without the keys that are undefined, which would hide a default. */
function definedOf<T extends object>(partial: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined)) as never;
}
