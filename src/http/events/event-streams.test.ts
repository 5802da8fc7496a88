import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { FakeJournal } from '../../../test/support/fake-journal.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { AppError } from '../../errors.js';
import { EventFeed } from './event-feed.js';
import type { StreamFilter } from './event-stream-client.js';
import { EventStreams } from './event-streams.js';

function setUp() {
  const journal = new FakeJournal();
  const clock = new SimulatedClock();
  const feed = new EventFeed(journal);
  const streams = new EventStreams({ feed, clock });
  const open = async (lastEventId: number | null = null, filter: StreamFilter = {}) => {
    const reader = (await streams.open(filter, lastEventId)).getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    return { reader, read };
  };
  return { journal, clock, streams, publish: journal.publisher(feed), open };
}

/** What a chunk tells: the id and the data of each event in it. */
function told(chunk: string): [id: string, data: unknown][] {
  return [...chunk.matchAll(/^id: (\d+)\nevent: event\ndata: (.*)\n\n/gm)].map(([, id = '', data = '']) => [
    id,
    JSON.parse(data),
  ]);
}

describe('a stream of events', () => {
  it('tells its place at once, and then each change as it happens', async () => {
    const { journal, open, publish } = setUp();
    journal.append(anomalyEvent());
    const { read } = await open();
    expect(await read()).toBe('retry: 3000\nid: 1\n\n');
    const next = read();
    const event = anomalyEvent();
    publish(event);
    expect(told(await next)).toEqual([['2', { type: 'new', before: null, after: event }]]);
  });

  it('begins after the event that its client saw last, and goes on without a gap or a double', async () => {
    const { open, publish } = setUp();
    const events = Array.from({ length: 3 }, () => anomalyEvent());
    for (const event of events) publish(event);
    const { read } = await open(1);
    expect(await read()).toContain('id: 1\n');
    expect(told(await read()).map(([id]) => id)).toEqual(['2', '3']);
    publish(anomalyEvent());
    expect(told(await read()).map(([id]) => id)).toEqual(['4']);
  });

  it('takes an id from the future for the newest', async () => {
    const { open, publish } = setUp();
    publish(anomalyEvent());
    const { read } = await open(1e14);
    expect(await read()).toContain('id: 1\n');
    publish(anomalyEvent());
    expect(told(await read()).map(([id]) => id)).toEqual(['2']);
  });

  it('tells only what its client is to hear of', async () => {
    const { open, publish } = setUp();
    const filter = { camera: ['yard'], severity: ['high', 'critical'], label: ['fire'] };
    const { read } = await open(null, filter);
    await read();
    const wanted = { camera: 'yard', severity: 'high', label: 'fire' } as const;
    publish(anomalyEvent({ ...wanted, camera: 'gate' }));
    publish(anomalyEvent({ ...wanted, severity: 'low' }));
    publish(anomalyEvent({ ...wanted, label: 'dog' }));
    publish(anomalyEvent({ ...wanted, label: 'fire' }));
    expect(told(await read()).map(([id]) => id)).toEqual(['4']);
  });

  it('says every 15 s that it is there, also when everything else is for others', async () => {
    const { clock, open, publish } = setUp();
    const { read } = await open(null, { camera: ['yard'] });
    await read();
    let chunk: string | null = null;
    const next = read().then((text) => (chunk = text));
    await clock.advance(10_000);
    publish(anomalyEvent({ camera: 'gate' }));
    await clock.advance(4_999);
    expect(chunk).toBeNull();
    await clock.advance(1);
    expect(await next).toBe(': still here\nid: 1\n\n');
  });

  it('ends when the store does not answer; its client comes back with its place', async () => {
    const { journal, open } = setUp();
    const { reader, read } = await open(0);
    await read();
    journal.failure = new AppError('store.open_failed', 'the store is not open');
    expect((await reader.read()).done).toBe(true);
  });

  it('fails when something is broken', async () => {
    const { journal, streams, open } = setUp();
    const { reader, read } = await open(0);
    await read();
    journal.failure = new Error('a mistake');
    await expect(reader.read()).rejects.toThrow('a mistake');
    expect(streams.counters.clients).toBe(0);
  });

  it('needs no memory for a client that does not read: it learns the latest state of each event later', async () => {
    const { streams, open, publish } = setUp();
    const { read } = await open();
    await read();
    const event = anomalyEvent();
    for (let state = 0; state < 5_000; state += 1) publish({ ...event, top_score: state / 5_000 });
    const ids: string[] = [];
    while (ids.at(-1) !== '5000') ids.push(...told(await read()).map(([id]) => id));
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.length).toBeLessThanOrEqual(1_000);
    expect(streams.counters.eventsSent).toBe(ids.length);
  });
});

describe('the clients of the streams', () => {
  it('are 64 at most, and others may come when one has left', async () => {
    const { streams, open } = setUp();
    const clients = await Promise.all(Array.from({ length: 64 }, () => open()));
    await expect(open()).rejects.toMatchObject({ code: 'request.rate_limited' });
    expect(streams.counters).toMatchObject({ clients: 64, refused: 1 });
    await clients[0]?.reader.cancel();
    await open();
    expect(streams.counters).toMatchObject({ clients: 64, refused: 1 });
  });

  it('that leave while they wait end that wait', async () => {
    const { clock, streams, open } = setUp();
    const { reader, read } = await open();
    await read();
    const next = reader.read();
    await clock.advance(1);
    await reader.cancel();
    expect((await next).done).toBe(true);
    expect(streams.counters).toMatchObject({ clients: 0, leftBehind: 0 });
  });

  it('that leave before they have read all are counted', async () => {
    const { streams, open, publish } = setUp();
    const { reader, read } = await open();
    await read();
    publish(anomalyEvent());
    await read();
    await reader.cancel();
    expect(streams.counters).toMatchObject({ clients: 0, leftBehind: 1 });
  });
});
