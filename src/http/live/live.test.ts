import { beforeEach, describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { FakeServices, FakeSocket, liveFrame } from '../../../test/support/http-fakes.js';
import { everybody } from '../../../test/support/http-app.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import type { Alert } from '../../event.js';
import { LiveHub } from './live.js';
import type { LiveConnection } from './live-socket.js';

const defaults = { fps: 5, width: 640, quality: 75 };
const KIB = 1024;

let services: FakeServices;
let clock: SimulatedClock;
let hub: LiveHub;
let socket: FakeSocket;
let connection: LiveConnection;

function say(message: unknown, to = connection): void {
  to.receive(JSON.stringify(message));
}

function join(): { socket: FakeSocket; connection: LiveConnection } {
  const joined = new FakeSocket();
  return { socket: joined, connection: hub.connect(joined, everybody) };
}

function sendFrame(camera: string, sequence = 0): void {
  hub.frame(camera, liveFrame(), { sequence, wallTime: 1_700_000_000.25 }, 0.75);
}

beforeEach(() => {
  services = new FakeServices();
  clock = new SimulatedClock();
  hub = new LiveHub({ cameras: services.cameras, clock, defaults });
  ({ socket, connection } = join());
});

describe('subscribe', () => {
  it('answers with the cameras it found, and names the others', () => {
    say({ type: 'subscribe', camera_ids: [1, 'none', 'gate', 1], fps: 2, width: 320 });
    expect(socket.texts).toEqual([
      { type: 'error', code: 'camera.not_found', message: 'there is no camera none', camera_id: 'none' },
      {
        type: 'subscribed',
        cameras: [
          { camera_id: '1', index: 1, width: 640, height: 360, fps: 2 },
          { camera_id: 'gate', index: 0, width: 640, height: 360, fps: 2 },
        ],
        topics: [],
      },
    ]);
  });

  it('asks a camera for the most that any watcher wants, once per change, and for nothing at the end', () => {
    const other = join();
    say({ type: 'subscribe', camera_ids: ['gate'], fps: 2, width: 1280 });
    expect(services.live.get('gate')).toEqual({ fps: 2, width: 1280, quality: 75 });
    say({ type: 'subscribe', camera_ids: ['gate'] }, other.connection);
    expect(services.live.get('gate')).toEqual({ fps: 5, width: 1280, quality: 75 });
    const calls = services.liveCalls;
    say({ type: 'subscribe', camera_ids: ['gate'], fps: 5, width: 640 }, join().connection);
    expect(services.liveCalls).toBe(calls);
    connection.closed();
    expect(services.live.get('gate')).toEqual({ fps: 5, width: 640, quality: 75 });
    expect(hub.watchers('gate')).toBe(2);
    hub.close();
    expect(services.live.get('gate')).toBeNull();
    expect(other.socket.closedWith).toBe(1001);
  });

  it('gives watchers fewer frames while the product is overloaded, and what they asked for after', () => {
    say({ type: 'subscribe', camera_ids: ['gate'], fps: 5 });
    hub.limitFps(2);
    expect(services.live.get('gate')?.fps).toBe(2);
    say({ type: 'subscribe', camera_ids: [1], fps: 5 }, join().connection);
    expect(services.live.get('1')?.fps).toBe(2);
    hub.limitFps(Infinity);
    expect(services.live.get('gate')?.fps).toBe(5);
    expect(services.live.get('1')?.fps).toBe(5);
  });

  it.each([
    ['no JSON', '{'],
    ['an unknown type', '{"type":"shout"}'],
    ['a rate out of range', '{"type":"subscribe","camera_ids":["gate"],"fps":60}'],
    ['a width out of range', '{"type":"subscribe","camera_ids":["gate"],"width":4000}'],
    ['an impossible id', '{"type":"subscribe","camera_ids":["../gate"]}'],
    ['an unknown topic', '{"type":"subscribe","topics":["secrets"]}'],
    ['a polluting key', '{"__proto__":{"type":"ping"}}'],
    ['deep nesting', '['.repeat(8_000)],
  ])('answers %s with an error and stays connected', (_what, text) => {
    connection.receive(text);
    expect(socket.texts).toEqual([expect.objectContaining({ type: 'error', code: 'request.invalid' })]);
    expect(socket.closedWith).toBeNull();
    expect(services.live.size).toBe(0);
  });
});

describe('frames', () => {
  it('carry the header of the contract', () => {
    say({ type: 'subscribe', camera_ids: [1] });
    sendFrame('1', 2 ** 32 - 1);
    const view = new DataView(socket.frames[0] ?? new ArrayBuffer(0));
    expect(view.getUint16(0, true)).toBe(0x464e);
    expect([view.getUint8(2), view.getUint8(3)]).toEqual([1, 1]);
    expect([view.getUint32(4, true), view.getUint32(8, true)]).toEqual([1, 2 ** 32 - 1]);
    expect(view.getFloat32(12, true)).toBe(0.75);
    expect(view.getFloat64(16, true)).toBe(1_700_000_000.25);
  });

  it('come at each client’s own rate', async () => {
    const slow = join();
    say({ type: 'subscribe', camera_ids: ['gate'] });
    say({ type: 'subscribe', camera_ids: ['gate'], fps: 1 }, slow.connection);
    for (let sent = 0; sent < 50; sent += 1) {
      sendFrame('gate', sent);
      await clock.advance(200);
    }
    expect(socket.frames).toHaveLength(50);
    expect(slow.socket.frames).toHaveLength(10);
    expect(hub.counters()).toMatchObject({ clients: 2, framesSent: 60, framesSkipped: 0 });
  });

  it('are skipped for a client that does not read, and only for that one', async () => {
    const other = join();
    say({ type: 'subscribe', camera_ids: ['gate'] });
    say({ type: 'subscribe', camera_ids: ['gate'] }, other.connection);
    socket.buffered = 256 * KIB;
    for (let sent = 0; sent < 3; sent += 1) {
      sendFrame('gate', sent);
      await clock.advance(200);
    }
    socket.buffered = 0;
    sendFrame('gate', 3);
    expect(socket.frames.map((frame) => new DataView(frame).getUint32(8, true))).toEqual([3]);
    expect(other.socket.frames).toHaveLength(4);
    expect(hub.counters()).toMatchObject({ framesSkipped: 3, slowClientsClosed: 0 });
  });

  it('end with the connection of a client that has not read for 30 s', async () => {
    say({ type: 'subscribe', camera_ids: ['gate'] });
    socket.buffered = 256 * KIB;
    sendFrame('gate');
    await clock.advance(29_900);
    sendFrame('gate');
    expect(socket.closedWith).toBeNull();
    await clock.advance(200);
    sendFrame('gate');
    expect(socket.closedWith).toBe(1013);
    expect(hub.counters()).toMatchObject({ clients: 0, slowClientsClosed: 1 });
    expect(services.live.get('gate')).toBeNull();
  });
});

describe('topics', () => {
  const event = anomalyEvent();
  const alert: Alert = {
    id: 'a',
    kind: 'digest',
    severity: 'low',
    time: 1,
    events: [],
    count: 0,
    counts: [],
    text: null,
  };

  it('reach those who subscribed, until they unsubscribe', () => {
    expect(hub.isFollowed('stats')).toBe(false);
    say({ type: 'subscribe', topics: ['events', 'alerts', 'stats'] });
    expect(hub.isFollowed('stats')).toBe(true);
    hub.event(event);
    hub.alert(alert);
    hub.stats({ uptime_s: 1 });
    say({ type: 'unsubscribe', topics: ['events'] });
    hub.event(event);
    expect(socket.texts).toEqual([
      { type: 'subscribed', cameras: [], topics: ['events', 'alerts', 'stats'] },
      { type: 'event', event },
      { type: 'alert', alert },
      { type: 'stats', stats: { uptime_s: 1 } },
      { type: 'unsubscribed', camera_ids: [], topics: ['events'] },
    ]);
  });

  it('close a client that would make us hold more than 1 MiB', () => {
    say({ type: 'subscribe', topics: ['events'] });
    socket.buffered = KIB * KIB;
    hub.event(event);
    expect(socket.closedWith).toBe(1013);
    expect(hub.counters().slowClientsClosed).toBe(1);
  });
});

describe('limits', () => {
  it('answers pings, 100 messages a minute at most', async () => {
    for (let sent = 0; sent < 100; sent += 1) say({ type: 'ping' });
    await clock.advance(60_000);
    for (let sent = 0; sent < 100; sent += 1) say({ type: 'ping' });
    expect(socket.texts).toHaveLength(200);
    expect(new Set(socket.texts.map(({ type }) => type))).toEqual(new Set(['pong']));
    say({ type: 'ping' });
    expect(socket.texts.at(-1)).toMatchObject({ type: 'error', code: 'request.rate_limited' });
    expect(socket.closedWith).toBe(1008);
  });

  it('closes on binary and on oversize messages', () => {
    connection.receive(new ArrayBuffer(1));
    expect(socket.closedWith).toBe(1003);
    const other = join();
    other.connection.receive(`"${'é'.repeat(8 * KIB)}"`);
    expect(other.socket.closedWith).toBe(1009);
  });

  it('takes 64 clients', () => {
    for (let joined = 1; joined < 64; joined += 1) {
      expect(hub.refusal()).toBeNull();
      join();
    }
    expect(hub.refusal()).toMatchObject({ code: 'request.rate_limited', kind: 'overloaded' });
    connection.closed();
    expect(hub.refusal()).toBeNull();
  });
});

describe('a client that may see one camera', () => {
  const event = anomalyEvent();
  let end: AbortController;
  let scoped: { socket: FakeSocket; connection: LiveConnection };

  beforeEach(() => {
    end = new AbortController();
    const caller = { name: 'eye', role: 'viewer', cameras: ['gate'] } as const;
    const ofScoped = new FakeSocket();
    scoped = { socket: ofScoped, connection: hub.connect(ofScoped, { caller, ended: end.signal }) };
  });

  it('cannot watch another, which is as if it were not there', () => {
    say({ type: 'subscribe', camera_ids: ['1', 'gate'] }, scoped.connection);
    expect(scoped.socket.texts).toMatchObject([
      { type: 'error', code: 'camera.not_found', message: 'there is no camera 1', camera_id: '1' },
      { type: 'subscribed', cameras: [{ camera_id: 'gate' }] },
    ]);
    sendFrame('1');
    sendFrame('gate');
    expect(scoped.socket.frames).toHaveLength(1);
  });

  it('hears of its events and alerts only, and of no stats', () => {
    say({ type: 'subscribe', topics: ['events', 'alerts', 'stats'] }, scoped.connection);
    expect(scoped.socket.texts).toMatchObject([
      { type: 'error', code: 'request.forbidden' },
      { type: 'subscribed', topics: ['events', 'alerts'] },
    ]);
    say({ type: 'subscribe', topics: ['events', 'stats'] });
    scoped.socket.texts.length = 0;
    socket.texts.length = 0;
    hub.event({ ...event, camera: '1' });
    hub.event({ ...event, camera: 'gate' });
    hub.stats({});
    hub.alert({
      id: 'a',
      kind: 'notice',
      severity: 'low',
      time: 1,
      events: [],
      count: 0,
      counts: [],
      text: 'off',
    });
    expect(scoped.socket.texts).toMatchObject([{ type: 'event', event: { camera: 'gate' } }]);
    expect(socket.texts).toHaveLength(3);
  });

  it('is cut off when its access ends, and asks its camera for nothing any more', () => {
    say({ type: 'subscribe', camera_ids: ['gate'] }, scoped.connection);
    end.abort();
    expect(scoped.socket.closedWith).toBe(1008);
    expect(services.live.get('gate')).toBeNull();
    expect(hub.counters().clients).toBe(1);
  });

  it('tells those who watch a camera that is removed, asks it for nothing, and goes on with the others', () => {
    const other = join();
    say({ type: 'subscribe', camera_ids: ['gate', 1] });
    say({ type: 'subscribe', camera_ids: [1] }, other.connection);
    hub.cameraRemoved('gate');
    expect(socket.texts.at(-1)).toEqual({
      type: 'unsubscribed',
      camera_ids: ['gate'],
      topics: [],
      reason: 'camera_removed',
    });
    expect(other.socket.texts.at(-1)).toMatchObject({ type: 'subscribed' });
    expect(services.live.get('gate')).toBeNull();
    const calls = services.liveCalls;
    sendFrame('gate');
    expect(socket.frames).toEqual([]);
    sendFrame('1');
    expect(socket.frames).toHaveLength(1);
    connection.closed();
    expect(services.liveCalls).toBe(calls);
  });
});
