import { Webhook } from 'standardwebhooks';
import { fillTemplate, templateValue } from '../alerting/alert-template.js';
import type { AlertMessage, Channel } from '../alerting/channel.js';
import type { WebhookConfig } from '../alerting/channel-config.js';
import type { Clock } from '../clock.js';
import { MS_PER_S } from '../units.js';
import { messageText, placeholderValues } from './message-text.js';
import type { OutboundHttp } from './outbound-http.js';
import { snapshotOf } from './snapshot.js';
import { webhookBody } from './webhook-body.js';

/** Posts JSON, signed by Standard Webhooks (standardwebhooks.com) with each secret that is configured. */
export function webhookChannel(config: WebhookConfig, http: OutboundHttp, clock: Clock): Channel {
  const signers = [config.secret, config.old_secret]
    .filter((secret) => secret !== undefined)
    .map((secret) => new Webhook(secret));
  return {
    async send(message, signal) {
      const body = await bodyOf(message, config, clock);
      const headers = { ...config.headers, 'content-type': 'application/json', ...signed(body, message.id) };
      await http.deliver({ method: 'POST', url: new URL(config.url), headers, body }, signal);
    },
    close: () => http.close(),
  };

  function signed(body: string, id: string): Record<string, string> {
    const at = Math.floor(clock.wallTime());
    const signatures = signers.map((signer) => signer.sign(id, new Date(at * MS_PER_S), body));
    const identity = { 'webhook-id': id, 'webhook-timestamp': String(at) };
    return signatures.length === 0 ? identity : { ...identity, 'webhook-signature': signatures.join(' ') };
  }
}

async function bodyOf(message: AlertMessage, config: WebhookConfig, clock: Clock): Promise<string> {
  const text = messageText(message, config.link);
  if (config.template !== undefined)
    return JSON.stringify(fillTemplate(templateValue(config.template), placeholderValues(message, text)));
  const jpeg = config.send_snapshot ? await snapshotOf(message, clock) : null;
  return JSON.stringify(webhookBody(message, text, jpeg));
}
