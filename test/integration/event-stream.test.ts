import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { EventSource, type MessageEvent } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { AppError } from '../../src/errors.js';
import type { AnomalyEvent } from '../../src/event.js';
import { apiRoutes } from '../../src/http/api-route.js';
import { EventFeed } from '../../src/http/events/event-feed.js';
import { eventStreamRoutes } from '../../src/http/events/event-stream.js';
import { EventStreams } from '../../src/http/events/event-streams.js';
import { AdapterServer } from '../support/adapter-server.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { FakeJournal } from '../support/fake-journal.js';

let server: AdapterServer;
let journal: FakeJournal;
let streams: EventStreams;
let publish: (event: AnomalyEvent) => void;

beforeEach(async () => {
  server = await AdapterServer.start();
  journal = new FakeJournal();
  const feed = new EventFeed(journal);
  streams = new EventStreams({ feed, clock: systemClock });
  publish = journal.publisher(feed);
  const app = apiRoutes();
  app.use(async (context, next) => {
    context.set('caller', { name: 'local', role: 'admin', cameras: null });
    await next();
  });
  app.route('/', eventStreamRoutes(streams));
  server.handler = (request) => app.fetch(request);
});

afterEach(() => {
  server.close();
  expect(server.bugs).toEqual([]);
});

async function clients(count: number): Promise<void> {
  await vi.waitFor(
    () => {
      expect(streams.counters.clients).toBe(count);
    },
    { timeout: 20_000 },
  );
}

/** A client that writes its request, and reads nothing until it is told to. */
async function deafClient(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET /stream HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
  return socket;
}

describe('the event stream', () => {
  it('is understood by an EventSource, which comes back by itself and has missed nothing', async () => {
    const ids: string[] = [];
    const types: string[] = [];
    const source = new EventSource(server.url('/stream'));
    source.addEventListener('event', (message) => {
      const { lastEventId, data } = message as MessageEvent<string>;
      ids.push(lastEventId);
      types.push((JSON.parse(data) as { type: string }).type);
    });
    await clients(1);
    publish(anomalyEvent());
    await vi.waitFor(() => {
      expect(ids).toEqual(['1']);
    });

    // What is stored past the feed has to be read from a store that does not answer: the stream ends.
    journal.failure = new AppError('store.open_failed', 'the store is not open');
    const going = anomalyEvent({ state: 'new', end_time: null });
    journal.append(going);
    publish({ ...going, state: 'ended', end_time: 5 });
    await clients(0);
    journal.failure = null;
    await vi.waitFor(
      () => {
        expect(ids).toEqual(['1', '3']);
      },
      { timeout: 10_000 },
    );
    publish(anomalyEvent());
    await vi.waitFor(() => {
      expect(ids).toEqual(['1', '3', '4']);
    });
    expect(types).toEqual(['new', 'end', 'new']);
    source.close();
    await clients(0);
  });

  it('answers HEAD without opening anything', async () => {
    const reply = await fetch(server.url('/stream'), { method: 'HEAD' });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    expect(streams.counters.clients).toBe(0);
  });

  it('lets go of clients that leave', async () => {
    const controller = new AbortController();
    const reply = await fetch(server.url('/stream'), { signal: controller.signal });
    await reply.body?.getReader().read();
    expect(streams.counters.clients).toBe(1);
    controller.abort();
    await clients(0);
  });

  it('turns the 65th client away, to come back later', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    await Promise.all(Array.from({ length: 64 }, () => fetch(server.url('/stream'), { signal })));
    // In the product the app makes a reply of it.
    const refused = streams.open({}, null);
    await expect(refused).rejects.toMatchObject({ code: 'request.rate_limited' });
    controller.abort();
    await clients(0);
  });

  it(
    'stays open while nothing happens, and is cut off when nothing is read',
    { timeout: 60_000 },
    async () => {
      const controller = new AbortController();
      const quiet = await fetch(server.url('/stream?camera=none'), { signal: controller.signal });
      const reader = quiet.body?.pipeThrough(new TextDecoderStream()).getReader();
      expect((await reader?.read())?.value).toContain('retry: ');
      const socket = await deafClient();
      await clients(2);
      const large = 'x'.repeat(20_000);
      for (let count = 0; count < 1_000; count += 1) publish(anomalyEvent({ summary: large }));
      await clients(1);
      expect(streams.counters.leftBehind).toBe(1);
      // Its place has moved past the events that were not for it.
      expect((await reader?.read())?.value).toBe(': still here\nid: 1000\n\n');
      controller.abort();
      socket.destroy();
      await clients(0);
    },
  );
});
