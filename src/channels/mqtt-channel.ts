import type { Channel } from '../alerting/channel.js';
import type { MqttConfig } from '../alerting/channel-config.js';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { EventEnvelope } from '../event-envelope.js';
import type { Random } from '../random.js';
import { MS_PER_S } from '../units.js';
import type { HomeHub, MqttHome } from './home-hub.js';
import {
  availableTopic,
  birthTopic,
  commandOf,
  commandTopics,
  discoveryTopics,
  isOwnDevice,
  retainedTopics,
  scoreTopic,
  type HomeState,
} from './home-topics.js';
import { messageText } from './message-text.js';
import { openMqtt, type MqttConnection } from './mqtt-connection.js';
import type { Targets } from './targets.js';
import { webhookBody } from './webhook-body.js';

export interface MqttChannelOptions {
  targets: Targets;
  clock: Clock;
  random: Random;
  /** Absent, the channel only sends: it says nothing of cameras, and takes no commands. */
  hub: HomeHub | undefined;
}

/** Events that wait for the broker; the oldest gives way. */
const MAX_WAITING = 100;

/** One connection to a broker: alerts go to `reviews`, and a home learns of the cameras and may switch them. */
export function mqttChannel(
  config: MqttConfig,
  { targets, clock, random, hub }: MqttChannelOptions,
): Channel {
  const home = hub === undefined ? null : homeOver(config, hub);
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
  };
}

/** What the home needs of its connection, and what it does with what comes. */
function homeOver(config: MqttConfig, hub: HomeHub) {
  /** By topic: what the broker retains; null when that is not known, and must be said again. */
  const retained = new Map<string, string | null>();
  const waiting: EventEnvelope[] = [];
  let state: HomeState | null = null;
  let connection: MqttConnection | null = null;

  const publish = (topic: string, payload: string, retain: boolean, onFailure: () => void): void => {
    connection?.publish(topic, payload, retain).catch(onFailure);
  };

  /** Brings what the broker retains up to date; empties what is about cameras that are gone. */
  const synchronize = (): void => {
    if (state === null || connection?.isOpen() !== true) return;
    const wanted = retainedTopics(config, state);
    for (const topic of retained.keys()) {
      if (wanted.has(topic)) continue;
      retained.delete(topic);
      publish(topic, '', true, () => retained.set(topic, null));
    }
    for (const [topic, payload] of wanted) {
      if (retained.get(topic) === payload) continue;
      retained.set(topic, payload);
      publish(topic, payload, true, () => retained.set(topic, null));
    }
  };

  const told: MqttHome = {
    show(next) {
      state = next;
      synchronize();
    },
    event(envelope) {
      waiting.push(envelope);
      if (waiting.length > MAX_WAITING) waiting.shift();
      tellEvents();
    },
    score: (camera, score) => connection?.mention(scoreTopic(config, camera), score.toFixed(3)),
    stats: (stats) => connection?.mention(`${config.prefix}/stats`, JSON.stringify(stats)),
  };

  const tellEvents = (): void => {
    if (connection?.isOpen() !== true) return;
    for (const envelope of waiting.splice(0))
      publish(`${config.prefix}/events`, JSON.stringify(envelope), false, () => undefined);
  };

  const forget = (matches: (topic: string) => boolean): void => {
    for (const topic of retained.keys()) if (matches(topic)) retained.set(topic, null);
    synchronize();
  };

  return {
    subscriptions: [
      ...commandTopics(config),
      ...(config.discovery ? [birthTopic(config), discoveryTopics(config)] : []),
    ],
    start(over: MqttConnection): () => void {
      connection = over;
      return hub.join(told);
    },
    opened(): void {
      publish(availableTopic(config), 'online', true, () => undefined);
      // The broker may have lost what it retained.
      forget(() => true);
      tellEvents();
    },
    received(topic: string, payload: string): void {
      const command = commandOf(config, topic);
      if (command !== null) hub.command(command.camera, command.feature, payload);
      else if (topic === birthTopic(config) && payload === 'online')
        forget((other) => other.startsWith(`${config.discovery_prefix}/`));
      else if (!retained.has(topic) && isOwnDevice(config, topic, payload)) {
        // Of a camera that was removed while this was not connected.
        retained.set(topic, null);
        synchronize();
      }
    },
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
