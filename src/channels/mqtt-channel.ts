import type { Channel } from '../alerting/channel.js';
import type { MqttConfig } from '../alerting/channel-config.js';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { Random } from '../random.js';
import { MS_PER_S } from '../units.js';
import type { HomeHub } from './home-hub.js';
import { availableTopic } from './home-topics.js';
import { messageText } from './message-text.js';
import { openMqtt } from './mqtt-connection.js';
import { mqttHome } from './mqtt-home.js';
import type { Targets } from './targets.js';
import { webhookBody } from './webhook-body.js';

export interface MqttChannelOptions {
  targets: Targets;
  clock: Clock;
  random: Random;
  /** Absent, the channel only sends: it says nothing of cameras, and takes no commands. */
  hub: HomeHub | undefined;
}

/** One connection to a broker: alerts go to `reviews`, and a home learns of the cameras and may switch them. */
export function mqttChannel(
  config: MqttConfig,
  { targets, clock, random, hub }: MqttChannelOptions,
): Channel {
  const home = hub === undefined ? null : mqttHome(config, hub);
  const connection = openMqtt({
    config,
    targets,
    random,
    // A broker throws out the older of two connections with one id: a test must not do that to the product.
    clientId:
      hub === undefined
        ? `${config.client_id}-${Math.floor(random() * 2 ** 32).toString(36)}`
        : config.client_id,
    ...(home === null ? {} : { will: { topic: availableTopic(config), payload: 'offline' } }),
    subscriptions: home?.subscriptions ?? [],
    onOpen: () => home?.opened(),
    onMessage: (topic, payload) => home?.received(topic, payload),
  });
  const leave = home?.start(connection);

  return {
    async send(message, signal) {
      const body = JSON.stringify(webhookBody(message, messageText(message, config.link), null));
      await inTime(connection.publish(`${config.prefix}/reviews`, body), config, clock, signal);
    },
    async close() {
      leave?.();
      if (home !== null && connection.isOpen())
        await inTime(connection.publish(availableTopic(config), 'offline', true), config, clock).catch(
          () => undefined,
        );
      await connection.close();
    },
    droppedEvents: () => home?.droppedEvents() ?? 0,
  };
}

/** Resolves with `taken`; rejects when that lasts longer than an attempt may, or `signal` aborts. */
function inTime(
  taken: Promise<void>,
  { url, timeout_s: timeoutS }: MqttConfig,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = (): void => {
      const message = `broker ${new URL(url).host} did not take it in time`;
      reject(new AppError('alert.delivery_failed', message));
    };
    const cancel = clock.after(timeoutS * MS_PER_S, late);
    signal?.addEventListener('abort', late);
    if (signal?.aborted === true) late();
    taken.then(resolve, reject).finally(() => {
      cancel();
      signal?.removeEventListener('abort', late);
    });
  });
}
