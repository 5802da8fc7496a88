import type { Channel } from '../alerting/channel.js';
import type { ChannelConfig } from '../alerting/channel-config.js';
import type { Clock } from '../clock.js';
import type { Random } from '../random.js';
import { emailChannel } from './email.js';
import type { HomeHub } from './home-hub.js';
import { mqttChannel } from './mqtt-channel.js';
import { ntfyChannel } from './ntfy.js';
import { outboundHttp } from './outbound-http.js';
import { targetsOf } from './targets.js';
import { webhookChannel } from './webhook.js';

export interface ChannelHost {
  /** `alerts.allow_targets`. */
  allowTargets: readonly string[];
  clock: Clock;
  random: Random;
  /** Through which MQTT channels show the cameras; without it they only send. */
  hub?: HomeHub;
}

/** Opens a channel as it is configured. Nothing has been sent or connected when it returns, except to a broker. */
export function openChannel(
  config: ChannelConfig,
  { allowTargets, clock, random, hub }: ChannelHost,
): Channel {
  const targets = targetsOf(allowTargets);
  const http = () => outboundHttp({ targets, clock, timeoutS: config.timeout_s });
  switch (config.type) {
    case 'webhook':
      return webhookChannel(config, http(), clock);
    case 'ntfy':
      return ntfyChannel(config, http(), clock);
    case 'email':
      return emailChannel(config, targets, clock);
    case 'mqtt':
      return mqttChannel(config, { targets, clock, random, hub });
  }
}
