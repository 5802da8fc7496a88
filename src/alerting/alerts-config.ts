/** Which events people are told of, when, and over which channels. */
import { z } from 'zod';
import { alertRuleSchema, allowTargetSchema, channelSchema } from './channel-config.js';

const channelName = z
  .string()
  .regex(/^[A-Za-z\d_-]{1,64}$/, 'a channel name is 1 to 64 letters, digits, _ or -');

const MAX_CHANNELS = 50;

export const alertsSchema = z.strictObject({
  dedup_s: z
    .number()
    .min(0)
    .max(3_600)
    .default(15)
    .describe('seconds in which one camera and label alert once, unless it gets more severe'),
  digest_s: z
    .number()
    .min(1)
    .max(3_600)
    .default(60)
    .describe('seconds for which medium and low are gathered into one message'),
  rules: z
    .array(alertRuleSchema)
    .max(100)
    .default([])
    .describe('for all channels; the first that matches decides; none: alert'),
  allow_targets: z
    .array(allowTargetSchema)
    .max(100)
    .default([])
    .describe('hosts, addresses and ranges that channels may reach although they are not public'),
  channels: z
    .record(channelName, channelSchema)
    .refine(
      (channels) => Object.keys(channels).length <= MAX_CHANNELS,
      `there are at most ${MAX_CHANNELS} channels`,
    )
    .default({})
    .describe('beside the log and the WebSocket'),
});

export type AlertsConfig = z.infer<typeof alertsSchema>;
