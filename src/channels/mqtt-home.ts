/** A home on the other side of a broker: it learns of the cameras, and may switch them. */
import type { MqttConfig } from '../alerting/channel-config.js';
import type { EventEnvelope } from '../event-envelope.js';
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
import type { MqttConnection } from './mqtt-connection.js';

/** The product's side of it, driven by the connection. */
export interface MqttHomeSide {
  /** Topics to hear of. */
  subscriptions: readonly string[];
  /** Tells the home everything from now on; the returned function ends that. */
  start(connection: Pick<MqttConnection, 'isOpen' | 'takesMore' | 'publish' | 'mention'>): () => void;
  /** The connection is open, for the first time or again. */
  opened(): void;
  received(topic: string, payload: string): void;
  /** Event states that gave way to newer ones while the broker took none. */
  droppedEvents(): number;
}

/** Event states that wait for the broker; the oldest gives way. */
const MAX_WAITING = 100;

/** What a home is told over a connection, and what is done with what comes from there. */
export function mqttHome(config: MqttConfig, hub: HomeHub): MqttHomeSide {
  /** By topic: what the broker retains; null when that is not known, and must be said again. */
  const retained = new Map<string, string | null>();
  const waiting: EventEnvelope[] = [];
  let dropped = 0;
  let state: HomeState | null = null;
  let connection: Parameters<MqttHomeSide['start']>[0] | null = null;

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
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        dropped += 1;
      }
      tellEvents();
    },
    score: (camera, score) => connection?.mention(scoreTopic(config, camera), score.toFixed(3)),
    stats: (stats) => connection?.mention(`${config.prefix}/stats`, JSON.stringify(stats)),
  };

  const tellEvents = (): void => {
    // What the broker has no room for waits for the next event, or the next connection.
    for (; waiting.length > 0 && connection?.takesMore() === true; waiting.shift())
      publish(`${config.prefix}/events`, JSON.stringify(waiting[0]), false, () => undefined);
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
    start(over) {
      connection = over;
      return hub.join(told);
    },
    opened() {
      publish(availableTopic(config), 'online', true, () => undefined);
      // The broker may have lost what it retained.
      forget(() => true);
      tellEvents();
    },
    received(topic, payload) {
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
    droppedEvents: () => dropped,
  };
}
