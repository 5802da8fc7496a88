import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnomalyEvent } from '../../src/event.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { withWriter, type WriterThread } from '../support/writer-thread.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nunchi-store-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function events(count: number): AnomalyEvent[] {
  return Array.from({ length: count }, () => anomalyEvent());
}

/** Polls the worker's own counters: it sends no message when it has flushed. */
async function untilFlushed(writer: WriterThread, seq: number): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await writer.stats()).toMatchObject({ projectedSeq: seq });
    },
    {
      timeout: 5000,
      interval: 10,
    },
  );
}

describe('flush', () => {
  it('comes at once with the tenth event', () =>
    withWriter(dataDir, async (writer) => {
      await writer.append(...events(9));
      expect(await writer.stats()).toMatchObject({ lastSeq: 9, projectedSeq: 0, flushes: 0 });
      await writer.append(...events(1));
      await untilFlushed(writer, 10);
      expect(await writer.stats()).toMatchObject({ lastSeq: 10, projected: 10, flushes: 1 });
    }));

  it('comes a second after a lone event', () =>
    withWriter(
      dataDir,
      async (writer) => {
        const start = performance.now();
        await writer.append(...events(1));
        await untilFlushed(writer, 1);
        expect(performance.now() - start).toBeGreaterThan(950);
        expect(performance.now() - start).toBeLessThan(2500);
      },
      { batchMs: 1000 },
    ));

  it('does not wait when an event is critical', () =>
    withWriter(dataDir, async (writer) => {
      await writer.append(anomalyEvent({ severity: 'critical' }));
      await untilFlushed(writer, 1);
    }));

  it('takes a backlog of thousands in transactions of a thousand', () =>
    withWriter(dataDir, async (writer) => {
      await writer.append(...events(2500));
      await untilFlushed(writer, 2500);
      expect(await writer.stats()).toMatchObject({ flushes: 3, projected: 2500 });
    }));
});

describe('reading', () => {
  it('finds an event that has just been acknowledged, field by field', () =>
    withWriter(dataDir, async (writer) => {
      const event = anomalyEvent({
        summary: 'a "man" ¶ falls',
        end_time: null,
        data: { zone: 'a', n: 1, ok: true },
      });
      await writer.append(event);
      expect(await writer.event(event.id)).toEqual(event);
      expect(await writer.event(anomalyEvent().id)).toBeNull();
    }));

  it('sees only the latest state of an event', () =>
    withWriter(dataDir, async (writer) => {
      const event = anomalyEvent();
      const states = ['a', 'b', 'c', 'd'].map((summary) => ({ ...event, summary }));
      await writer.append(...states.slice(0, 2));
      expect((await writer.all()).map(({ summary }) => summary)).toEqual(['b']);
      await writer.append(...states.slice(2));
      expect((await writer.all()).map(({ summary }) => summary)).toEqual(['d']);
      // A page takes what waits from the journal; a summary needs it in the table.
      expect(await writer.stats()).toMatchObject({ lastSeq: 4, projectedSeq: 0 });
      const { groups } = await writer.summary({ by: ['camera'], timeZone: 'UTC' });
      expect(groups).toEqual([{ camera: event.camera, count: 1, topScore: event.top_score }]);
      expect(await writer.stats()).toMatchObject({ lastSeq: 4, projectedSeq: 4 });
    }));

  it('filters, and its pages together are the whole list', () =>
    withWriter(dataDir, async (writer) => {
      const now = Math.floor(Date.now() / 1000);
      const stored = Array.from({ length: 60 }, (_, n) =>
        anomalyEvent({
          camera: ['gate', 'lobby', '1'][n % 3] ?? 'gate',
          severity: n % 2 === 0 ? 'low' : 'high',
          start_time: now - (n % 7),
          top_score: (n % 10) / 10,
        }),
      );
      await writer.append(...stored);
      const newestFirst = stored.sort((a, b) => b.start_time - a.start_time || (a.id < b.id ? 1 : -1));
      const query = fc.record({
        limit: fc.integer({ min: 1, max: 70 }),
        camera: fc.option(fc.subarray(['gate', 'lobby', '1', 'none']), { nil: undefined }),
        severity: fc.option(fc.subarray(['low', 'high']), { nil: undefined }),
        after: fc.option(fc.integer({ min: now - 8, max: now }), { nil: undefined }),
        before: fc.option(fc.integer({ min: now - 8, max: now }), { nil: undefined }),
        minScore: fc.option(fc.constantFrom(0, 0.3, 0.9), { nil: undefined }),
      });
      const matching = fc.asyncProperty(query, async (q) => {
        const expected = newestFirst.filter(
          (event) =>
            (q.camera?.includes(event.camera) ?? true) &&
            (q.severity?.includes(event.severity) ?? true) &&
            event.start_time >= (q.after ?? 0) &&
            event.start_time < (q.before ?? Infinity) &&
            event.top_score >= (q.minScore ?? 0),
        );
        expect(await writer.all(q)).toEqual(expected);
      });
      await fc.assert(matching, { numRuns: 30 });
    }));

  it('refuses a made-up cursor', () =>
    withWriter(dataDir, async (writer) => {
      await expect(writer.query({ cursor: 'first' })).rejects.toMatchObject({ code: 'request.invalid' });
    }));
});
