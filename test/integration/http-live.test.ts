import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { systemClock, type Clock } from '../../src/clock.js';
import { LiveHub } from '../../src/http/live/live.js';
import { startHttp, type RunningHttp } from '../../src/http/server.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { openHttp } from '../support/http-app.js';
import { FakeServices, liveFrame } from '../support/http-fakes.js';
import { SimulatedClock } from '../support/simulated-clock.js';

const TOKEN = 't'.repeat(64);

let http: RunningHttp;
let hub: LiveHub;
const clients: WebSocket[] = [];

async function start(options: { clock?: Clock; tokens?: string[] } = {}): Promise<void> {
  const { clock = systemClock, tokens = [] } = options;
  const services = new FakeServices();
  hub = new LiveHub({ cameras: services.cameras, clock, defaults: { fps: 5, width: 640, quality: 75 } });
  http = await startHttp({ ...openHttp(tokens), services, hub, clock });
}

function open(path = '/ws', headers: Record<string, string> = {}): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${http.port}${path}`, { headers });
  clients.push(client);
  return new Promise((resolve, reject) => {
    client.on('open', () => {
      resolve(client);
    });
    client.on('unexpected-response', (_request, reply) => {
      reject(new Error(String(reply.statusCode)));
    });
    client.on('error', reject);
  });
}

function closeCode(client: WebSocket): Promise<number> {
  return new Promise((resolve) => client.once('close', resolve));
}

/** Resolves with the first text message that follows. */
function nextText(client: WebSocket): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    client.once('message', (data: Buffer) => {
      resolve(JSON.parse(data.toString()) as Record<string, unknown>);
    });
  });
}

async function subscribe(client: WebSocket, message: object): Promise<void> {
  const answer = nextText(client);
  client.send(JSON.stringify({ type: 'subscribe', ...message }));
  expect(await answer).toMatchObject({ type: 'subscribed' });
}

afterEach(() => {
  for (const client of clients.splice(0)) client.terminate();
  http.close();
});

describe('upgrades', () => {
  it('are for our own page and for clients that are no browser', async () => {
    await start();
    await expect(open('/ws', { origin: 'http://evil.example' })).rejects.toThrow('403');
    await expect(open('/ws', { host: `rebound.example:${http.port}` })).rejects.toThrow('403');
    expect((await open('/ws', { origin: `http://localhost:${http.port}` })).readyState).toBe(WebSocket.OPEN);
    expect((await open()).readyState).toBe(WebSocket.OPEN);
  });

  it('need a token or a ticket where tokens are set', async () => {
    await start({ tokens: [TOKEN] });
    const authorization = `Bearer ${TOKEN}`;
    await expect(open()).rejects.toThrow('401');
    await open('/ws', { authorization });
    const reply = await fetch(`http://127.0.0.1:${http.port}/api/live-tickets`, {
      method: 'POST',
      headers: { authorization },
    });
    const { ticket } = (await reply.json()) as { ticket: string };
    await open(`/ws?ticket=${ticket}`);
    await expect(open(`/ws?ticket=${ticket}`)).rejects.toThrow('401');
  });

  it('stop at 64 clients', async () => {
    await start();
    await Promise.all(Array.from({ length: 64 }, () => open()));
    await expect(open()).rejects.toThrow('429');
  });
});

describe('frames', () => {
  it('arrive at 5 a second from a camera that gives 5, within 5%', async () => {
    await start();
    const client = await open();
    await subscribe(client, { camera_ids: ['gate'], fps: 5 });
    const arrivals: number[] = [];
    client.on('message', (_data, isBinary) => {
      if (isBinary) arrivals.push(performance.now());
    });
    let sequence = 0;
    const begin = performance.now();
    while (performance.now() - begin < 4_100) {
      hub.frame('gate', liveFrame(30_000), { sequence: sequence++, wallTime: Date.now() / 1000 }, 0.2);
      const jitterMs = (sequence % 3) * 25 - 25;
      await sleep(Math.max(0, begin + sequence * 200 + jitterMs - performance.now()));
    }
    const spanS = ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000;
    const fps = (arrivals.length - 1) / spanS;
    expect(fps).toBeGreaterThanOrEqual(4.75);
    expect(fps).toBeLessThanOrEqual(5.25);
  });

  it('are skipped for a client that reads nothing, which then continues with the newest', async () => {
    const clock = new SimulatedClock();
    await start({ clock });
    const [slow, brisk] = [await open(), await open()];
    await subscribe(slow, { camera_ids: ['gate'] });
    await subscribe(brisk, { camera_ids: ['gate'] });
    const sequences = new Map<WebSocket, number[]>([
      [slow, []],
      [brisk, []],
    ]);
    for (const [client, seen] of sequences) {
      client.on('message', (data: Buffer, isBinary) => {
        if (isBinary) seen.push(data.readUInt32LE(8));
      });
    }
    slow.pause();
    const frames = 60;
    for (let sequence = 0; sequence < frames; sequence += 1) {
      hub.frame('gate', liveFrame(400_000), { sequence, wallTime: 0 }, 0.2);
      await clock.advance(200);
      await vi.waitFor(() => {
        expect(sequences.get(brisk)).toHaveLength(sequence + 1);
      });
    }
    const { framesSkipped, clients: connected } = hub.counters();
    expect(framesSkipped).toBeGreaterThan(0);
    expect(connected).toBe(2);
    slow.resume();
    await vi.waitFor(() => {
      expect(sequences.get(slow)).toHaveLength(frames - framesSkipped);
    }, 5_000);
    hub.frame('gate', liveFrame(400_000), { sequence: frames, wallTime: 0 }, 0.2);
    await vi.waitFor(() => {
      expect(sequences.get(slow)?.at(-1)).toBe(frames);
      expect(sequences.get(brisk)?.at(-1)).toBe(frames);
    });
    expect(sequences.get(brisk)).toEqual(Array.from({ length: frames + 1 }, (_, sequence) => sequence));
    expect(sequences.get(slow)).toHaveLength(frames + 1 - framesSkipped);
  });
});

it('tells subscribers of events', async () => {
  await start();
  const client = await open();
  await subscribe(client, { topics: ['events'] });
  const event = anomalyEvent();
  const message = nextText(client);
  hub.event(event);
  expect(await message).toEqual({ type: 'event', event });
});

describe('misbehaviour', () => {
  it.each([
    ['binary', Buffer.alloc(10), 1003],
    ['20 KiB of text', 'x'.repeat(20 * 1024), 1009],
  ])('%s is closed in form', async (_what, message, code) => {
    await start();
    const client = await open();
    const closed = closeCode(client);
    client.send(message);
    expect(await closed).toBe(code);
    expect(hub.counters().clients).toBe(0);
  });

  it('too many messages are answered, then closed', async () => {
    await start();
    const client = await open();
    const texts: string[] = [];
    client.on('message', (data: Buffer) => texts.push(data.toString()));
    const closed = closeCode(client);
    for (let sent = 0; sent < 120; sent += 1) client.send('{"type":"ping"}');
    expect(await closed).toBe(1008);
    expect(texts).toHaveLength(101);
    expect(texts.at(-1)).toContain('request.rate_limited');
  });

  it.each([
    ['a reserved opcode', [0x83, 0x80, 0, 0, 0, 0]],
    ['reserved bits', [0xf1, 0x80, 0, 0, 0, 0]],
    ['text that is not UTF-8', [0x81, 0x82, 0, 0, 0, 0, 0xff, 0xff]],
    ['a fragmented ping', [0x09, 0x80, 0, 0, 0, 0]],
    ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0]],
    ['a message of 2^62 bytes', [0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('%s ends that connection, and no other', async (_what, bytes) => {
    await start();
    const other = await open();
    const socket = connect(http.port, '127.0.0.1');
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${http.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    socket.once('data', () => socket.write(Buffer.from(bytes)));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(hub.counters().clients).toBe(1);
    await subscribe(other, { topics: ['stats'] });
  });
});

it('says goodbye when the server closes', async () => {
  await start();
  const client = await open();
  const closed = closeCode(client);
  http.close();
  expect(await closed).toBe(1001);
  await expect(open()).rejects.toThrow('ECONNREFUSED');
});
