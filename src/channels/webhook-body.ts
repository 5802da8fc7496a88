import { z } from 'zod';
import type { AlertMessage } from '../alerting/channel.js';
import { alertKinds, alertSchema } from '../event.js';
import { isoTime, type MessageText } from './message-text.js';

/** What a webhook's receiver gets, and MQTT's `reviews`. A change that breaks receivers raises `version`. */
export const webhookBodySchema = z
  .strictObject({
    type: z.enum(alertKinds.map((kind) => `alert.${kind}` as const)),
    version: z.literal(1),
    timestamp: z.iso.datetime().describe('when the alert was made'),
    data: z.strictObject({
      ...alertSchema.shape,
      id: z.string().describe('of the message: the same over every attempt; receivers drop repeats by it'),
      title: z.string().describe('one line for people'),
      message: z.string().describe('the rest of it for people, in lines'),
      link: z.string().nullable(),
      held_back: z.int().min(0).describe('alerts kept back since the last message'),
      snapshot: z
        .strictObject({ content_type: z.literal('image/jpeg'), base64: z.string() })
        .nullable()
        .describe('of the worst event, with send_snapshot'),
    }),
  })
  .meta({ id: 'WebhookMessage' });

export type WebhookBody = z.infer<typeof webhookBodySchema>;

export function webhookBody(message: AlertMessage, text: MessageText, jpeg: Uint8Array | null): WebhookBody {
  const { alert, heldBack } = message;
  return {
    type: `alert.${alert.kind}`,
    version: 1,
    timestamp: isoTime(alert.time),
    data: {
      ...alert,
      id: message.id,
      title: text.title,
      message: text.lines.join('\n'),
      link: text.link,
      held_back: heldBack,
      snapshot:
        jpeg === null ? null : { content_type: 'image/jpeg', base64: Buffer.from(jpeg).toString('base64') },
    },
  };
}
