import type { MqttConfig } from '../alerting/channel-config.js';

/** A camera as a home sees it. */
export interface HomeCamera {
  id: string;
  name: string;
  /** Of its connection, such as `streaming`. */
  status: string;
  /** False while it is paused. */
  enabled: boolean;
  /** False while its alerts are muted. */
  alerts: boolean;
}

/** What is retained: whoever subscribes later learns it at once. */
export interface HomeState {
  cameras: readonly HomeCamera[];
  /** Ids of cameras with an anomaly going on. */
  anomalous: ReadonlySet<string>;
}

const features = ['alerts', 'enabled'] as const;
export type Feature = (typeof features)[number];

type Prefixes = Pick<MqttConfig, 'prefix' | 'discovery' | 'discovery_prefix'>;

export const availableTopic = ({ prefix }: Prefixes): string => `${prefix}/available`;
export const scoreTopic = ({ prefix }: Prefixes, camera: string): string => `${prefix}/${camera}/score`;
/** Matches every command, and nothing else. */
export const commandTopics = ({ prefix }: Prefixes): string[] =>
  features.map((feature) => `${prefix}/+/${feature}/set`);
/** Where Home Assistant says that it has started, and is to be told of the cameras anew. */
export const birthTopic = ({ discovery_prefix: prefix }: Prefixes): string => `${prefix}/status`;
export const discoveryTopics = ({ discovery_prefix: prefix }: Prefixes): string =>
  `${prefix}/device/+/config`;

/** Every retained message of the cameras by its topic, those of Home Assistant's discovery included. */
export function retainedTopics(config: Prefixes, { cameras, anomalous }: HomeState): Map<string, string> {
  const topics = new Map<string, string>();
  for (const camera of cameras) {
    const base = `${config.prefix}/${camera.id}`;
    topics.set(`${base}/status`, camera.status);
    topics.set(`${base}/anomaly`, onOff(anomalous.has(camera.id)));
    for (const feature of features) topics.set(`${base}/${feature}/state`, onOff(camera[feature]));
    if (config.discovery)
      topics.set(discoveryTopic(config, camera.id), JSON.stringify(device(config, camera)));
  }
  return topics;
}

/** The camera and feature that a topic is a command for; null of another topic. */
export function commandOf({ prefix }: Prefixes, topic: string): { camera: string; feature: Feature } | null {
  if (!topic.startsWith(`${prefix}/`)) return null;
  const [camera = '', name, verb, ...rest] = topic.slice(prefix.length + 1).split('/');
  const feature = features.find((known) => known === name);
  return feature === undefined || verb !== 'set' || rest.length > 0 ? null : { camera, feature };
}

/** Whether somebody's discovery message is about a camera of this product under this prefix. */
export function isOwnDevice(config: Prefixes, topic: string, payload: string): boolean {
  if (!topic.startsWith(`${config.discovery_prefix}/device/`)) return false;
  try {
    const found = JSON.parse(payload) as { availability_topic?: unknown } | null;
    return found?.availability_topic === availableTopic(config);
  } catch {
    return false;
  }
}

/** No two prefixes and cameras share one: a slash is not in an id. */
function uniqueId({ prefix }: Prefixes, camera: string): string {
  return `${prefix.replaceAll('/', '_')}_${camera}`;
}

function discoveryTopic(config: Prefixes, camera: string): string {
  return `${config.discovery_prefix}/device/${uniqueId(config, camera)}/config`;
}

/** Home Assistant's description of a device and its entities (home-assistant.io/integrations/mqtt, device discovery). */
function device(config: Prefixes, { id, name }: HomeCamera): unknown {
  const own = uniqueId(config, id);
  const base = `${config.prefix}/${id}`;
  const toggle = (feature: Feature, title: string): unknown => ({
    platform: 'switch',
    name: title,
    unique_id: `${own}_${feature}`,
    state_topic: `${base}/${feature}/state`,
    command_topic: `${base}/${feature}/set`,
    entity_category: 'config',
  });
  return {
    device: { identifiers: [own], name, manufacturer: 'Nunchi', model: 'Camera' },
    origin: { name: 'Nunchi' },
    availability_topic: availableTopic(config),
    qos: 1,
    components: {
      anomaly: {
        platform: 'binary_sensor',
        name: 'Anomaly',
        unique_id: `${own}_anomaly`,
        device_class: 'problem',
        state_topic: `${base}/anomaly`,
      },
      score: {
        platform: 'sensor',
        name: 'Anomaly score',
        unique_id: `${own}_score`,
        state_class: 'measurement',
        suggested_display_precision: 2,
        state_topic: scoreTopic(config, id),
      },
      alerts: toggle('alerts', 'Alerts'),
      enabled: toggle('enabled', 'Enabled'),
    },
  };
}

function onOff(on: boolean): 'ON' | 'OFF' {
  return on ? 'ON' : 'OFF';
}
