import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Channel } from '../../src/alerting/channel.js';
import { channelSchema } from '../../src/alerting/channel-config.js';
import { homeHub, type HomeHub } from '../../src/channels/home-hub.js';
import type { HomeCamera } from '../../src/channels/home-topics.js';
import { openChannel } from '../../src/channels/open-channel.js';
import { systemClock } from '../../src/clock.js';
import { envelope } from '../../src/event-envelope.js';
import { alertMessage } from '../support/alert-message.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { hasMosquitto, Mosquitto } from '../support/mosquitto.js';
import { SimulatedClock } from '../support/simulated-clock.js';

const door: HomeCamera = {
  id: 'door',
  name: 'Front "door"',
  status: 'streaming',
  enabled: true,
  alerts: true,
};
const yard: HomeCamera = { ...door, id: 'yard', name: 'Yard' };
const never = new AbortController().signal;

describe.skipIf(!hasMosquitto)('MQTT with Mosquitto', () => {
  const broker = new Mosquitto();
  const channels: Channel[] = [];
  /** The newest message of each topic that a subscriber has seen. */
  const seen = new Map<string, string>();
  let watcher: MqttClient;
  let clock: SimulatedClock;
  let hub: HomeHub;
  const onMute = vi.fn();
  const onEnabled = vi.fn();

  beforeAll(() => broker.start());
  afterAll(() => broker.remove());
  beforeEach(async () => {
    clock = new SimulatedClock();
    hub = homeHub({ onMute, onEnabled }, clock);
    watcher = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 100 });
    watcher.on('message', (topic, payload) => seen.set(topic, payload.toString()));
    await watcher.subscribeAsync('#', { qos: 1 });
  });
  afterEach(async () => {
    await Promise.all(channels.splice(0).map((channel) => channel.close()));
    for (const topic of seen.keys()) await watcher.publishAsync(topic, '', { retain: true });
    await watcher.endAsync(true);
    seen.clear();
    vi.clearAllMocks();
  });

  function open(more: Record<string, unknown> = {}, allowTargets = ['127.0.0.1']): Channel {
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const config = channelSchema.parse({ type: 'mqtt', url, timeout_s: 2, ...more });
    const channel = openChannel(config, { allowTargets, clock: systemClock, random: Math.random, hub });
    channels.push(channel);
    return channel;
  }

  const shows = (topic: string, payload: string): Promise<void> =>
    vi.waitFor(() => {
      expect(seen.get(topic)).toBe(payload);
    }, 15_000);

  it('shows each camera, and describes it to Home Assistant', async () => {
    hub.cameras([door]);
    open();
    await shows('nunchi/available', 'online');
    await shows('nunchi/door/status', 'streaming');
    await shows('nunchi/door/anomaly', 'OFF');
    await shows('nunchi/door/alerts/state', 'ON');
    await shows('nunchi/door/enabled/state', 'ON');
    await vi.waitFor(() => {
      expect(JSON.parse(seen.get('homeassistant/device/nunchi_door/config') ?? '')).toMatchObject({
        device: { name: 'Front "door"', identifiers: ['nunchi_door'] },
        availability_topic: 'nunchi/available',
        components: {
          anomaly: { platform: 'binary_sensor', state_topic: 'nunchi/door/anomaly' },
          score: { platform: 'sensor', state_topic: 'nunchi/door/score' },
          alerts: { platform: 'switch', command_topic: 'nunchi/door/alerts/set' },
        },
      });
    });
  });

  it('delivers an alert to the reviews', async () => {
    hub.cameras([door]);
    const channel = open();
    await shows('nunchi/available', 'online');
    await channel.send(alertMessage(), never);
    await vi.waitFor(() => {
      expect(JSON.parse(seen.get('nunchi/reviews') ?? '')).toMatchObject({
        type: 'alert.immediate',
        data: { id: 'message-1' },
      });
    });
  });

  it('tells events, and that an anomaly goes on until its end', async () => {
    hub.cameras([door]);
    open();
    await shows('nunchi/available', 'online');
    const began = anomalyEvent({ camera: 'door', state: 'new' });
    hub.event(envelope(null, began));
    await shows('nunchi/door/anomaly', 'ON');
    await vi.waitFor(() => {
      expect(JSON.parse(seen.get('nunchi/events') ?? '')).toMatchObject({ type: 'new', before: null });
    });
    hub.event(envelope(began, { ...began, state: 'ended', end_time: began.start_time + 1 }));
    await shows('nunchi/door/anomaly', 'OFF');
  });

  it('passes on ON and OFF as commands, and counts what is neither', async () => {
    hub.cameras([door]);
    open();
    await shows('nunchi/door/alerts/state', 'ON');
    await watcher.publishAsync('nunchi/door/alerts/set', 'off');
    await watcher.publishAsync('nunchi/nobody/alerts/set', 'OFF');
    await watcher.publishAsync('nunchi/door/alerts/set', 'OFF');
    await watcher.publishAsync('nunchi/door/enabled/set', 'OFF');
    await vi.waitFor(() => {
      expect(onEnabled).toHaveBeenCalledWith('door', false);
    });
    expect(onMute.mock.calls).toEqual([['door', true]]);
    expect(hub.refusedCommands()).toBe(2);
  });

  it('removes a camera that is gone, also one that went while it was not connected', async () => {
    hub.cameras([door, yard]);
    const first = open();
    await shows('nunchi/yard/status', 'streaming');
    hub.cameras([door]);
    await shows('homeassistant/device/nunchi_yard/config', '');
    await shows('nunchi/yard/status', '');
    await first.close();
    await shows('nunchi/available', 'offline');

    hub.cameras([yard]);
    open({ client_id: 'second' });
    await shows('nunchi/available', 'online');
    await shows('homeassistant/device/nunchi_door/config', '');
  });

  it('describes the cameras again when Home Assistant starts', async () => {
    hub.cameras([door]);
    open();
    const topic = 'homeassistant/device/nunchi_door/config';
    await vi.waitFor(() => {
      expect(seen.get(topic)).toMatch(/binary_sensor/);
    });
    seen.delete(topic);
    await watcher.publishAsync('homeassistant/status', 'online');
    await vi.waitFor(() => {
      expect(seen.get(topic)).toMatch(/binary_sensor/);
    });
  });

  it('fails to send while the broker is away, and is back by itself with what happened since', async () => {
    hub.cameras([door]);
    const channel = open();
    await shows('nunchi/door/anomaly', 'OFF');
    await broker.kill();
    await vi.waitFor(async () => {
      await expect(channel.send(alertMessage(), never)).rejects.toMatchObject({
        code: 'alert.delivery_failed',
      });
    });
    const began = anomalyEvent({ camera: 'door', state: 'new' });
    hub.event(envelope(null, began));
    seen.clear();
    await broker.start();
    await shows('nunchi/available', 'online');
    await shows('nunchi/door/anomaly', 'ON');
    await channel.send(alertMessage(), never);
  });

  it('keeps the newest hundred states while the broker is away, and counts the others', async () => {
    hub.cameras([door]);
    const channel = open();
    await shows('nunchi/available', 'online');
    await broker.kill();
    await vi.waitFor(async () => {
      await expect(channel.send(alertMessage(), never)).rejects.toThrow();
    });
    const states = Array.from({ length: 103 }, (_, place) =>
      anomalyEvent({ camera: 'door', summary: String(place) }),
    );
    for (const state of states) hub.event(envelope(null, state));
    expect(channel.droppedEvents?.()).toBe(3);
    const told: string[] = [];
    watcher.on('message', (topic, payload) => {
      if (topic !== 'nunchi/events') return;
      told.push((JSON.parse(payload.toString()) as { after: { summary: string } }).after.summary);
    });
    await broker.start();
    await shows('nunchi/available', 'online');
    await vi.waitFor(() => {
      expect(told).toEqual(states.slice(3).map(({ summary }) => summary));
    }, 15_000);
    expect(channel.droppedEvents?.()).toBe(3);
  });

  it('passes on a score once a second, when it has changed', async () => {
    hub.cameras([door]);
    open();
    await shows('nunchi/available', 'online');
    const told: string[] = [];
    watcher.on('message', (topic, payload) => {
      if (topic === 'nunchi/door/score') told.push(payload.toString());
    });
    for (const [score, ms] of [
      [0.1, 500],
      [0.9, 600],
      [0.105, 1_000],
      [0.2, 0],
    ] as const) {
      hub.score('door', score);
      await clock.advance(ms);
    }
    await shows('nunchi/door/score', '0.200');
    expect(told).toEqual(['0.100', '0.200']);
  });

  it('does not connect inside unless that is allowed', async () => {
    const channel = open({}, []);
    await vi.waitFor(async () => {
      await expect(channel.send(alertMessage(), never)).rejects.toThrow(/alerts\.allow_targets/);
    });
  });
});
