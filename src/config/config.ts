import { z } from 'zod';
import { alertsSchema } from '../alerting/alerts-config.js';
import { roles } from '../access/access.js';
import { configTokenSchema } from '../access/access-tokens.js';
import { decodeSchema } from '../camera/decode-config.js';
import { cameraDefaultsSchema, camerasSchema } from '../camera/camera-config.js';
import { packagePath } from '../paths.js';
import { severities } from '../event.js';
import { scheduleSchema } from '../schedule.js';
import { modelNameSchema as modelName } from '../model-name.js';

/** Every setting with its default and unit. Unknown keys are refused, so that a typing error cannot pass silently. */

const vlm = z.strictObject({
  enabled: z.boolean().default(true).describe('false: every event stays unverified'),
  model: modelName
    .default('auto')
    .describe('a pulled model; auto: the newest one pulled, and the shipped one for the demo cameras'),
  endpoint: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe('of an OpenAI-compatible server, ending in /v1'),
      model: z.string().min(1).max(200).describe('as the server calls it'),
      api_key: z.string().min(1).meta({ secret: true }).optional().describe('sent as a bearer token'),
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
  threads: z.int().min(1).max(64).default(1).describe('CPU threads of the model'),
  timeout_s: z.number().min(0.1).max(60).default(5).describe('seconds that one decision may take'),
  queue: z.int().min(1).max(1_000).default(64).describe('events that may wait for a decision'),
  rules: z.array(agentRule).max(100).default([]).describe('how severe an event is at least'),
});

/** A host as it stands in a URL, with its port unless that goes without saying. */
const hostPattern = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/;

const clips = z
  .strictObject({
    enabled: z.boolean().default(true).describe('an MP4 of each event, as the camera coded it'),
    pre_s: z
      .number()
      .min(0)
      .max(30)
      .default(5)
      .describe('seconds before the event, as far as 8 MiB and 30 s of the stream reach back'),
    post_s: z.number().min(0).max(60).default(5).describe('seconds after it'),
    max_s: z.number().min(1).max(600).default(120).describe('seconds of a clip at most, pre_s included'),
    max_mb: z.int().min(1).max(10_000_000).default(4_096).describe('MiB of all clips; the oldest give way'),
    retention_days: z.number().positive().max(3_650).default(10).describe('days that a clip is stored'),
  })
  .refine(({ pre_s, max_s }) => max_s > pre_s, {
    message: 'must be more than pre_s, or clips end before the event begins',
    path: ['max_s'],
  });

export const configSchema = z.strictObject({
  overload: z
    .enum(['warn', 'refuse'])
    .default('warn')
    .describe(
      'what to do at the start when the cameras are more than npm run bench -- --plan found this machine to carry',
    ),
  data_dir: z.string().default('./data').describe('events, snapshots, journal'),
  media_dir: z.string().default('./media').describe('video files that the configuration may name'),
  models_dir: z.string().default(packagePath('models')).describe('weights and their manifest'),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('address to listen on; 0.0.0.0 is every one'),
      port: z.int().min(0).max(65_535).default(8971).describe('0 picks a free port'),
      tokens: z
        .array(configTokenSchema.meta({ secret: true }))
        .max(100)
        .default([])
        .describe('of admins; sha256:HEX is as good as the token. nunchi tokens create makes better ones'),
      allow_anonymous: z
        .enum(roles)
        .optional()
        .describe('what everybody may do who reaches the port without a token; nothing, when absent'),
      allowed_hosts: z
        .array(z.string().toLowerCase().regex(hostPattern, 'write NAME or NAME:PORT, as browsers ask for it'))
        .max(100)
        .default([])
        .describe('names that a reverse proxy is reached by; its pages may use the API'),
      rate_limit_per_s: z
        .int()
        .min(1)
        .max(100_000)
        .default(100)
        .describe('requests a second of one token, or of one address without; as many may come at once'),
    })
    .prefault({}),
  defaults: cameraDefaultsSchema.prefault({}).describe('what a camera has that says nothing else'),
  cameras: camerasSchema.default({}),
  decode: decodeSchema.prefault({}).describe('what decodes the streams of all cameras'),
  resources: z
    .strictObject({
      device: z.enum(['auto', 'cpu', 'cuda']).default('auto').describe('auto falls back to the CPU'),
      vram_mb: z.int().positive().default(6144).describe('MiB that all models may take together'),
      vad_mb: z.int().positive().default(1024).describe('MiB for the VAD'),
      vlm_mb: z.int().positive().default(4096).describe('MiB for the VLM'),
      agent_mb: z.int().positive().default(1024).describe('MiB for the model of the agent'),
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
  clips: clips.prefault({}),
  store: z
    .strictObject({
      batch_size: z.int().min(1).max(1000).default(10).describe('events that make a flush'),
      batch_ms: z.int().min(10).max(60_000).default(1000).describe('longest wait for a flush'),
      retention_days: z.number().positive().max(3650).default(30).describe('days that events are kept'),
    })
    .prefault({}),
  alerts: alertsSchema.prefault({}),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('and above') })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type ClipSettings = Config['clips'];
export type AgentRuleConfig = z.infer<typeof agentRule>;
