import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import { channelSchema, type MqttConfig } from '../alerting/channel-config.js';
import { envelope } from '../event-envelope.js';
import { homeHub } from './home-hub.js';
import { mqttHome } from './mqtt-home.js';

function setUp() {
  const hub = homeHub({ onMute: () => undefined, onEnabled: () => undefined }, new SimulatedClock());
  const config = channelSchema.parse({ type: 'mqtt', url: 'mqtt://broker.example' }) as MqttConfig;
  const home = mqttHome(config, hub);
  const told: string[] = [];
  /** Messages that the broker has room for. */
  let room = 0;
  home.start({
    isOpen: () => false,
    takesMore: () => room > 0,
    mention: () => undefined,
    publish(topic, payload) {
      room -= 1;
      if (topic !== 'nunchi/events') return Promise.resolve();
      told.push((JSON.parse(payload) as { after: { summary: string } }).after.summary);
      return Promise.resolve();
    },
  });
  return {
    home,
    told,
    happens: (from: number, to: number): void => {
      for (let place = from; place <= to; place += 1)
        hub.event(envelope(null, anomalyEvent({ summary: String(place) })));
    },
    makeRoom: (messages: number): void => {
      room = messages;
    },
  };
}

describe('a home over MQTT', () => {
  it('is told at once of what happens while the broker takes it', () => {
    const { home, told, happens, makeRoom } = setUp();
    makeRoom(1_000);
    happens(1, 200);
    expect(told).toHaveLength(200);
    expect(home.droppedEvents()).toBe(0);
  });

  it('is told of the newest hundred states once the broker is back; the others are counted', () => {
    const { home, told, happens, makeRoom } = setUp();
    happens(1, 102);
    expect(home.droppedEvents()).toBe(2);
    makeRoom(1_000);
    home.opened();
    expect(told).toHaveLength(100);
    expect([told[0], told.at(-1)]).toEqual(['3', '102']);
  });

  it('loses nothing to a broker that takes only some of it', () => {
    const { home, told, happens, makeRoom } = setUp();
    makeRoom(2);
    happens(1, 3);
    expect(told).toEqual(['1', '2']);
    makeRoom(10);
    happens(4, 4);
    expect(told).toEqual(['1', '2', '3', '4']);
    expect(home.droppedEvents()).toBe(0);
  });
});
