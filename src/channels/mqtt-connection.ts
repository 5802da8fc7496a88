import mqtt, { type IClientOptions, type IPublishPacket } from 'mqtt';
import type { MqttConfig } from '../alerting/channel-config.js';
import { AppError } from '../errors.js';
import { between, type Random } from '../random.js';
import { MS_PER_S } from '../units.js';
import { authorityIn } from './authority.js';
import { failureOf } from './failure.js';
import { connectTo, type Targets } from './targets.js';

/** A connection to a broker that comes back by itself, 1 s to 60 s after it was lost. */
export interface MqttConnection {
  isOpen(): boolean;
  /** Whether `publish` would hand it to the broker now. */
  takesMore(): boolean;
  /**
   * Resolves when the broker has taken it (QoS 1). Throws `alert.delivery_failed`, at once when there is no connection;
   * only the first attempt to connect is waited for.
   */
  publish(topic: string, payload: string, retain?: boolean): Promise<void>;
  /** At most once, and not at all without a connection (QoS 0). */
  mention(topic: string, payload: string): void;
  close(): Promise<void>;
}

export interface MqttConnectionOptions {
  config: MqttConfig;
  clientId: string;
  targets: Targets;
  random: Random;
  /** What the broker says when this connection is lost: topic and payload, retained. */
  will?: { topic: string; payload: string };
  subscriptions: readonly string[];
  onOpen: () => void;
  onMessage: (topic: string, payload: string) => void;
}

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** Published and not yet taken; more are refused. */
const MAX_UNTAKEN = 1_000;
/** A command is three bytes long, a device's description about a thousand. */
const MAX_RECEIVED_BYTES = 16 * 1_024;

const connackReasons: Readonly<Record<number, string>> = {
  1: 'does not speak MQTT 3.1.1',
  2: 'does not accept the client id',
  3: 'is not available now',
  4: 'does not accept the user or the password',
  5: 'does not let this user in',
};

export function openMqtt(options: MqttConnectionOptions): MqttConnection {
  const { config, subscriptions, onOpen, onMessage } = options;
  const url = new URL(config.url);
  const place = `broker ${url.host}`;
  /** Ends the wait for each message that the broker has not taken yet. */
  const untaken = new Set<() => void>();
  let pauseMs = FIRST_PAUSE_MS;
  let problem = new AppError('alert.delivery_failed', `${place} is not connected yet`);

  const client = new mqtt.MqttClient(() => connectTo(options.targets, addressOf(config, url)), {
    ...clientOptions(options, url),
    reconnectPeriod: pauseMs,
  });
  client.on('connect', () => {
    pauseMs = FIRST_PAUSE_MS;
    if (subscriptions.length > 0) client.subscribe([...subscriptions], { qos: 1 }, () => undefined);
    onOpen();
  });
  client.on('error', (error) => {
    problem = refusalOf(error, place) ?? failureOf(error, place);
  });
  client.on('close', () => {
    for (const giveUp of untaken) giveUp();
    client.options.reconnectPeriod = between(options.random, pauseMs / 2, pauseMs);
    pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
  });
  client.on('message', (topic: string, payload: Buffer, _packet: IPublishPacket) => {
    if (payload.byteLength <= MAX_RECEIVED_BYTES) onMessage(topic, payload.toString());
  });

  const attempted = new Promise<void>((resolve) => {
    client.once('connect', () => {
      resolve();
    });
    client.once('close', resolve);
  });

  return {
    isOpen: () => client.connected,
    takesMore: () => client.connected && untaken.size < MAX_UNTAKEN,
    async publish(topic, payload, retain = false) {
      if (!client.connected) await attempted;
      if (!client.connected) throw problem;
      if (untaken.size >= MAX_UNTAKEN)
        throw new AppError(
          'alert.delivery_failed',
          `${place} takes no messages: ${untaken.size} wait for it`,
        );
      await taken(topic, payload, retain);
    },
    mention(topic, payload) {
      if (client.connected) client.publish(topic, payload, { qos: 0 }, () => undefined);
    },
    close: () => client.endAsync(true),
  };

  /** Over a connection that is lost it may arrive all the same, later: receivers drop the repeat by its id. */
  function taken(topic: string, payload: string, retain: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        untaken.delete(giveUp);
        reject(
          new AppError('alert.delivery_failed', `${place} closed the connection before it took the message`),
        );
      };
      untaken.add(giveUp);
      client.publish(topic, payload, { qos: 1, retain }, (error) => {
        untaken.delete(giveUp);
        if (!error) resolve();
        else reject(failureOf(error, place));
      });
    });
  }
}

function addressOf(config: MqttConfig, url: URL): Parameters<typeof connectTo>[1] {
  const isTls = url.protocol === 'mqtts:';
  const port = url.port === '' ? (isTls ? 8_883 : 1_883) : Number(url.port);
  const address = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
  return isTls ? { ...address, tls: { ca: authorityIn(config.ca_file) } } : address;
}

function clientOptions({ config, clientId, will }: MqttConnectionOptions, url: URL): IClientOptions {
  const username = config.username ?? decodeURIComponent(url.username);
  const password = config.password ?? decodeURIComponent(url.password);
  return {
    clientId,
    clean: true,
    protocolVersion: 4,
    keepalive: 30,
    connectTimeout: config.timeout_s * MS_PER_S,
    reconnectOnConnackError: true,
    // What cannot be sent now waits in the outbox, which is bounded and on disk.
    queueQoSZero: false,
    resubscribe: false,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(will === undefined
      ? {}
      : { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
  };
}

/** The broker's own refusal (MQTT 3.1.1, 3.2.2.3). */
function refusalOf(error: Error, place: string): AppError | null {
  const code = 'code' in error && typeof error.code === 'number' ? error.code : 0;
  const why = connackReasons[code];
  return why === undefined
    ? null
    : new AppError('alert.delivery_failed', `${place} ${why}`, { reason: code });
}
