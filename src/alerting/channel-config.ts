/** Ways to reach people beside the log and the WebSocket: what each is told, and how it is reached. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { placeholders, templateValue, unknownPlaceholders } from './alert-template.js';
import { severities } from '../event.js';
import { scheduleSchema } from '../schedule.js';

/** Which events alert; the first rule that matches decides. */
export const alertRuleSchema = z.strictObject({
  name: z.string().min(1),
  cameras: z.array(z.string()).optional().describe('any, when absent'),
  labels: z.array(z.string()).optional().describe('any, when absent'),
  zones: z.array(z.string()).optional().describe('any, when absent; of the camera that saw it'),
  schedule: scheduleSchema.optional().describe('local time; always, when absent'),
  min_severity: z.enum(severities).default('low'),
  action: z.enum(['alert', 'ignore']).default('alert'),
});

export type AlertRule = z.infer<typeof alertRuleSchema>;

/** A target that is reached although it is not on the public internet: a host name, an address, or a CIDR range. */
export const allowTargetSchema = z
  .string()
  .refine(
    (target) =>
      ipaddr.isValid(target) || ipaddr.isValidCIDR(target) || /^[a-z\d_-]+(\.[a-z\d_-]+)*$/i.test(target),
    'write a host name, an address, or a range such as 192.168.1.0/24',
  );

/** What an answer and a log never show. */
const secret = (): z.ZodString => z.string().min(1).max(4_096).meta({ secret: true });
const link = z
  .string()
  .regex(/^https?:\/\/[^\s]+$/, 'write an address such as https://nunchi.example/')
  .superRefine(refuseUnknown)
  .describe('address that messages lead people to; {{event_id}} and other placeholders are replaced');
const snapshot = z.boolean().describe('send the picture of the worst event along');
const caFile = z
  .string()
  .min(1)
  .describe('PEM file of the authority behind its certificate, if it is not a public one');
const port = z.int().min(1).max(65_535);

const common = {
  enabled: z.boolean().default(true),
  rules: z
    .array(alertRuleSchema)
    .max(100)
    .default([])
    .describe('the first that matches decides; none: whatever alerts at all'),
  quiet_hours: z.array(scheduleSchema).max(50).default([]).describe('only what is critical passes'),
  max_per_hour: z.int().min(1).max(10_000).default(20).describe('messages; what is critical passes'),
  timeout_s: z.number().min(1).max(120).default(10).describe('seconds that one attempt may take'),
  link: link.optional(),
};

/** Set by the sender itself, or unsafe on a connection that is used again. */
const ownHeaders =
  /^(webhook-.*|host|content-(type|length|encoding)|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/i;
const headers = z
  .record(
    z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is not the name of a header')
      .refine((name) => !ownHeaders.test(name), 'is a header that is set by itself'),
    z
      .string()
      .regex(/^[\x20-\x7e]*$/, 'a header holds printable ASCII only')
      .meta({ secret: true }),
  )
  .describe('sent along, such as Authorization');

const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z\d+/]{32,88}={0,2}$/, 'write whsec_ and 24 to 64 random bytes in base64')
  .meta({ secret: true });

const webhook = z
  .strictObject({
    type: z.literal('webhook'),
    ...common,
    send_snapshot: snapshot.default(false),
    // Whoever knows the address of a chat's webhook may write there: it is a secret as a whole.
    url: z.url({ protocol: /^https?$/, error: 'write an http or https URL' }).meta({ secret: true }),
    secret: webhookSecret.optional().describe('signs each message (Standard Webhooks)'),
    old_secret: webhookSecret.optional().describe('signs too, while receivers change to the new one'),
    headers: headers.optional(),
    format: z.enum(['nunchi', 'template']).default('nunchi'),
    template: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .superRefine(refuseBadTemplate)
      .optional()
      .describe(
        `JSON body for format: template, with ${Object.keys(placeholders)
          .map((name) => `{{${name}}}`)
          .join(' ')}`,
      ),
  })
  .refine((own) => (own.format === 'template') === (own.template !== undefined), {
    message: 'format: template and a template belong together',
    path: ['template'],
  })
  .refine((own) => own.format === 'template' || own.secret !== undefined, {
    message:
      'needs a secret, so that its receiver can tell who sent it; `openssl rand -base64 32` after whsec_',
    path: ['secret'],
  });

const priority = z.int().min(1).max(5);

const ntfy = z.strictObject({
  type: z.literal('ntfy'),
  ...common,
  send_snapshot: snapshot.default(true),
  url: z.url({ protocol: /^https?$/, error: 'write an http or https URL' }).describe('of the server'),
  topic: z.string().regex(/^[A-Za-z\d_-]{1,64}$/, 'a topic is 1 to 64 letters, digits, _ or -'),
  token: secret()
    .regex(/^[\x21-\x7e]+$/, 'a token is printable ASCII')
    .optional(),
  priorities: z
    .strictObject({
      low: priority.default(2),
      medium: priority.default(3),
      high: priority.default(4),
      critical: priority.default(5),
    })
    .prefault({})
    .describe('by severity, 1 (least) to 5'),
});

const address = z.email('write an e-mail address').max(254);
const host = z.string().regex(/^[A-Za-z\d._:-]{1,253}$/, 'write a host name or an address');

const email = z
  .strictObject({
    type: z.literal('email'),
    ...common,
    send_snapshot: snapshot.default(true),
    host,
    port: port.optional().describe('587 with starttls, 465 with tls, 25 with none, when absent'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('starttls and tls never fall back to an open connection'),
    ca_file: caFile.optional(),
    username: z.string().min(1).max(320).optional(),
    password: secret().optional(),
    from: address,
    to: z.array(address).min(1, 'names nobody to write to').max(50),
  })
  .refine((own) => (own.username === undefined) === (own.password === undefined), {
    message: 'username and password belong together',
    path: ['password'],
  })
  .refine((own) => own.password === undefined || own.security !== 'none', {
    message: 'a password is not sent over an open connection; use starttls or tls',
    path: ['security'],
  });

const prefix = z
  .string()
  .max(128)
  .regex(/^[A-Za-z\d_-]+(\/[A-Za-z\d_-]+)*$/, 'a prefix is letters, digits, _ or -, in levels split by /');

const mqtt = z
  .strictObject({
    type: z.literal('mqtt'),
    ...common,
    url: z.url({ protocol: /^mqtts?$/, error: 'write mqtt://host:1883 or mqtts://host:8883' }),
    username: z.string().min(1).max(256).optional(),
    password: secret().optional(),
    ca_file: caFile.optional(),
    client_id: z
      .string()
      .regex(/^[A-Za-z\d_-]{1,64}$/, 'a client id is 1 to 64 letters, digits, _ or -')
      .default('nunchi')
      .describe('a broker lets only one in under each'),
    prefix: prefix.default('nunchi').describe('first levels of every topic'),
    discovery: z.boolean().default(true).describe('tell Home Assistant of each camera'),
    discovery_prefix: prefix.default('homeassistant'),
  })
  .refine((own) => own.password === undefined || own.username !== undefined, {
    message: 'a password needs a username',
    path: ['username'],
  });

export const channelSchema = z.discriminatedUnion('type', [webhook, ntfy, email, mqtt]);

export type ChannelConfig = z.infer<typeof channelSchema>;
export type WebhookConfig = z.infer<typeof webhook>;
export type NtfyConfig = z.infer<typeof ntfy>;
export type EmailConfig = z.infer<typeof email>;
export type MqttConfig = z.infer<typeof mqtt>;

const MAX_TEMPLATE_BYTES = 16 * 1_024;

function refuseBadTemplate(template: string | Record<string, unknown>, context: z.RefinementCtx): void {
  const text = typeof template === 'string' ? template : JSON.stringify(template);
  if (Buffer.byteLength(text) > MAX_TEMPLATE_BYTES)
    context.addIssue({ code: 'custom', message: 'is longer than 16 KiB' });
  try {
    templateValue(template);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON; placeholders stand inside of quotes' });
  }
  refuseUnknown(text, context);
}

function refuseUnknown(text: string, context: z.RefinementCtx): void {
  for (const name of unknownPlaceholders(text)) {
    const known = Object.keys(placeholders).join(', ');
    context.addIssue({ code: 'custom', message: `{{${name}}} is not known; there are ${known}` });
  }
}
