import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { FakeJournal } from '../../../test/support/fake-journal.js';
import { EventFeed } from './event-feed.js';

function setUp() {
  const journal = new FakeJournal();
  const feed = new EventFeed(journal);
  return { journal, feed, publish: journal.publisher(feed) };
}

/** Everything after `seq`, page by page. */
async function readAll(feed: EventFeed, seq: number) {
  const read = [];
  for (let place = seq; ;) {
    const { entries, throughSeq } = await feed.after(place);
    if (throughSeq === place) return read;
    read.push(...entries);
    place = throughSeq;
  }
}

describe('the feed of events', () => {
  it('gives each state with the one before it', async () => {
    const { feed, publish } = setUp();
    const going = anomalyEvent({ state: 'new', end_time: null });
    const ended = { ...going, state: 'ended' as const, end_time: 5 };
    publish(going);
    publish(ended);
    expect(await readAll(feed, 0)).toEqual([
      { seq: 1, envelope: { type: 'new', before: null, after: going } },
      { seq: 2, envelope: { type: 'end', before: going, after: ended } },
    ]);
  });

  it('begins where the journal stands', async () => {
    const { journal, feed, publish } = setUp();
    journal.append(anomalyEvent());
    expect(await feed.lastSeq()).toBe(1);
    publish(anomalyEvent());
    expect(await feed.lastSeq()).toBe(2);
    expect(feed.hasAfter(1)).toBe(true);
    expect(feed.hasAfter(2)).toBe(false);
  });

  it('reads the journal for what it does not remember, and not for what it does', async () => {
    const { journal, feed, publish } = setUp();
    const events = Array.from({ length: 1_200 }, () => anomalyEvent());
    for (const event of events) publish(event);
    expect((await readAll(feed, 0)).map(({ envelope }) => envelope.after.id)).toEqual(
      events.map(({ id }) => id),
    );
    expect(journal.reads).toBe(2);
    await readAll(feed, 200);
    expect(journal.reads).toBe(2);
  });

  it('loses nothing, doubles nothing and keeps the order, also of what was stored past it', async () => {
    const step = fc.record({
      event: fc.nat({ max: 5 }),
      isPublished: fc.boolean(),
      reads: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat({ max: 60 }), async (steps, from) => {
        const { journal, feed, publish } = setUp();
        const events = Array.from({ length: 6 }, () => anomalyEvent());
        const read: number[] = [];
        const newest = new Map<string, number>();
        let place = from > steps.length ? 0 : from;
        for (const [count, { event, isPublished, reads }] of steps.entries()) {
          const state = { ...(events[event] ?? anomalyEvent()), top_score: count / 100 };
          if (isPublished) publish(state);
          else journal.append(state);
          newest.set(state.id, count + 1);
          if (!reads) continue;
          const { entries, throughSeq } = await feed.after(place);
          read.push(...entries.map(({ seq }) => seq));
          place = throughSeq;
        }
        publish(anomalyEvent());
        const rest = await readAll(feed, place);
        read.push(...rest.map(({ seq }) => seq));
        expect(read).toEqual([...new Set(read)].sort((a, b) => a - b));
        const begin = from > steps.length ? 0 : from;
        for (const seq of newest.values()) expect(read.includes(seq)).toBe(seq > begin);
      }),
    );
  });
});
