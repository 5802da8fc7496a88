import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnomalyEvent } from '../../src/event.js';
import { summaryDimensions, type EventFilters, type SummaryDimension } from '../../src/store-api.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { withWriter } from '../support/writer-thread.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nunchi-store-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

const start = Math.floor(Date.now() / 3600_000) * 3600 - 5 * 86_400;
const texts = ['A man falls near the door.', 'Un café brûle', 'red car, then a fire', '', 'FIRE'];

/** Events of which any filter leaves some out. */
function variedEvents(count: number): AnomalyEvent[] {
  return Array.from({ length: count }, (_, n) =>
    anomalyEvent({
      camera: ['gate', 'lobby', '1'][n % 3] ?? 'gate',
      label: ['anomaly', 'fall', 'fire'][n % 5] ?? 'anomaly',
      severity: n % 2 === 0 ? 'low' : 'high',
      state: 'ended',
      start_time: start + ((n * 7) % 11) * 5000,
      top_score: (n % 10) / 10,
      verdict: n % 4 === 0 ? 'confirmed' : 'unverified',
      summary: texts[n % texts.length] ?? '',
      kept: n % 6 === 0,
      has_clip: n % 4 === 1,
      data: {
        zones: n % 3 === 0 ? ['door', 'yard'] : ['yard 2'],
        ...(n % 7 === 0 && { feedback: n % 2 === 0 ? 'right' : 'false_alarm' }),
      },
    }),
  );
}

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const someOf = (...values: string[]) => optional(fc.subarray(values));
const anyFilters = fc.record({
  camera: someOf('gate', 'lobby', '1', 'none'),
  severity: someOf('low', 'high'),
  label: someOf('anomaly', 'fall', 'fire'),
  verdict: someOf('confirmed', 'rejected', 'unverified'),
  state: someOf('new', 'ended'),
  zone: someOf('door', 'yard', 'none'),
  feedback: someOf('right', 'false_alarm', 'none'),
  kept: optional(fc.boolean()),
  hasClip: optional(fc.boolean()),
  after: optional(fc.integer({ min: start - 1, max: start + 60_000 })),
  before: optional(fc.integer({ min: start - 1, max: start + 60_000 })),
  minScore: optional(fc.constantFrom(0, 0.3, 0.9)),
  q: optional(
    fc.constantFrom('fire', 'cafe', '"man falls"', '"falls man"', 'car gate', 'FAL', '"fal"', '...'),
  ),
});

/** What the store should do, the slow and plain way. */
function matches(event: AnomalyEvent, filters: EventFilters): boolean {
  const has = (allowed: string[] | undefined, ...given: string[]) =>
    allowed === undefined || given.some((value) => allowed.includes(value));
  const { after = -Infinity, before = Infinity, minScore = 0, kept, hasClip, q } = filters;
  const { zones, feedback } = event.data;
  return (
    has(filters.camera, event.camera) &&
    has(filters.severity, event.severity) &&
    has(filters.label, event.label) &&
    has(filters.verdict, event.verdict) &&
    has(filters.state, event.state) &&
    has(filters.zone, ...(zones as string[])) &&
    has(filters.feedback, String(feedback ?? 'none')) &&
    (kept === undefined || kept === event.kept) &&
    (hasClip === undefined || hasClip === event.has_clip) &&
    event.start_time >= after &&
    event.start_time < before &&
    event.top_score >= minScore &&
    (q === undefined || hasWords(`${event.summary} ${event.label} ${event.camera}`, q))
  );
}

function hasWords(text: string, q: string): boolean {
  const plain = text.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  if (q === '...') return false;
  if (q.startsWith('"')) return new RegExp(`\\b${q.slice(1, -1)}\\b`, 'i').test(plain);
  return q.split(' ').every((word) => new RegExp(`\\b${word}`, 'i').test(plain));
}

describe('a list', () => {
  it('is what a filter and a sort would give, page by page', () =>
    withWriter(dataDir, async (writer) => {
      const stored = variedEvents(200);
      await writer.append(...stored);
      stored.sort((a, b) => b.start_time - a.start_time || (a.id < b.id ? 1 : -1));
      const asked = fc.tuple(anyFilters, fc.integer({ min: 1, max: 70 }));
      const same = fc.asyncProperty(asked, async ([filters, limit]) => {
        const expected = stored.filter((event) => matches(event, filters));
        expect(await writer.all({ ...filters, limit })).toEqual(expected);
      });
      await fc.assert(same, { numRuns: 150 });
      expect(await writer.all({ q: 'fire', limit: 9 })).not.toHaveLength(0);
    }));

  it('goes on where the last page ended while newer events arrive', () =>
    withWriter(dataDir, async (writer) => {
      const stored = variedEvents(30);
      await writer.append(...stored);
      const first = await writer.query({ limit: 10 });
      await writer.append(...Array.from({ length: 5 }, () => anomalyEvent()));
      const second = await writer.query({ limit: 100, cursor: first.nextCursor ?? '' });
      const ids = [...first.events, ...second.events].map(({ id }) => id);
      expect(ids.toSorted()).toEqual(stored.map(({ id }) => id).toSorted());
    }));

  it('answers many readers at once, each with what was acknowledged before it asked', () =>
    withWriter(dataDir, async (writer) => {
      for (let round = 1; round <= 20; round += 1) {
        const event = anomalyEvent({ camera: `camera${round}` });
        await writer.append(event);
        const pages = await Promise.all(
          Array.from({ length: 8 }, () => writer.query({ camera: [event.camera] })),
        );
        for (const { events } of pages) expect(events).toEqual([event]);
      }
    }));
});

describe('a summary', () => {
  it('is what counting would give', () =>
    withWriter(dataDir, async (writer) => {
      const stored = variedEvents(200);
      await writer.append(...stored);
      const by = fc.subarray([...summaryDimensions], { minLength: 1 });
      const same = fc.asyncProperty(by, anyFilters, async (dimensions, filters) => {
        const asked = { ...filters, by: dimensions, timeZone: 'Asia/Kolkata' };
        const { groups, truncated } = await writer.summary(asked);
        expect(truncated).toBe(false);
        const expected = counted(
          stored.filter((event) => matches(event, filters)),
          dimensions,
        );
        const found = groups.map(({ count, topScore, ...group }) => [
          JSON.stringify(group),
          { count, topScore },
        ]);
        expect(Object.fromEntries(found)).toEqual(expected);
        expect(found).toHaveLength(Object.keys(expected).length);
      });
      await fc.assert(same, { numRuns: 100 });
    }));
});

function counted(events: readonly AnomalyEvent[], by: readonly SummaryDimension[]) {
  const ist = 5.5 * 3600;
  const startOf = (time: number, length: number) => Math.floor((time + ist) / length) * length - ist;
  const groups: Record<string, { count: number; topScore: number }> = {};
  for (const event of events) {
    const values = {
      ...event,
      hour: startOf(event.start_time, 3600),
      day: startOf(event.start_time, 86_400),
    };
    const dimensions = summaryDimensions.filter((dimension) => by.includes(dimension));
    const key = JSON.stringify(Object.fromEntries(dimensions.map((name) => [name, values[name]])));
    const group = (groups[key] ??= { count: 0, topScore: 0 });
    group.count += 1;
    group.topScore = Math.max(group.topScore, event.top_score);
  }
  return groups;
}

describe('an export', () => {
  it('holds in both formats what the filters leave', () =>
    withWriter(dataDir, async (writer) => {
      const stored = variedEvents(50);
      await writer.append(...stored);
      const wanted = stored.filter(({ camera }) => camera === 'gate');
      for (const format of ['csv', 'parquet'] as const) {
        const { file, bytes } = await writer.exportEvents({ camera: ['gate'] }, format);
        expect(readFileSync(file).byteLength).toBe(bytes);
        const rows = await readBack(file, format);
        expect(rows.map(([id]) => id).toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
        expect(rows[0]).toHaveLength(Object.keys(anomalyEvent()).length);
      }
    }));

  it('gives a spreadsheet no formula', () =>
    withWriter(dataDir, async (writer) => {
      const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '\uFF1D1', '\r=1'];
      const harmless = ['fire', 'a=b', ''];
      await writer.append(...[...formulas, ...harmless].map((summary) => anomalyEvent({ summary })));
      const { file } = await writer.exportEvents({}, 'csv');
      const summaries = (await readBack(file, 'csv', 'summary')).map(([summary]) => summary);
      expect(new Set(summaries)).toEqual(new Set([...formulas.map((text) => `'${text}`), ...harmless]));
    }));

  it('is refused while another is written, and nothing of an earlier run is left', async () => {
    mkdirSync(join(dataDir, 'exports'));
    const left = join(dataDir, 'exports', 'left.csv');
    writeFileSync(left, 'id');
    await withWriter(dataDir, async (writer) => {
      expect(existsSync(left)).toBe(false);
      await writer.append(...variedEvents(100));
      const both = [writer.exportEvents({}, 'csv'), writer.exportEvents({}, 'parquet')];
      const outcomes = await Promise.allSettled(both);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(outcomes[1]).toMatchObject({ reason: { code: 'store.overloaded' } });
      await writer.exportEvents({}, 'parquet');
    });
  });
});

async function readBack(file: string, format: 'csv' | 'parquet', columns = '*'): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const source = format === 'csv' ? `read_csv('${file}', all_varchar = true, header = true)` : `'${file}'`;
  const rows = (await connection.runAndReadAll(`SELECT ${columns} FROM ${source}`)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows.map((row) => row.map((value) => value ?? ''));
}

describe('changes', () => {
  it('are told by number, of each event the latest, and numbered as they were acknowledged', () =>
    withWriter(dataDir, async (writer) => {
      const [first, second] = [anomalyEvent({ state: 'new' }), anomalyEvent()];
      expect(await writer.append(first, second)).toBe(1);
      const ended: AnomalyEvent = { ...first, state: 'ended' };
      expect(await writer.append(ended)).toBe(3);
      expect(await writer.changesAfter(0, 10)).toEqual({
        changes: [
          { seq: 2, event: second },
          { seq: 3, event: ended },
        ],
        throughSeq: 3,
      });
      expect(await writer.changesAfter(0, 1)).toMatchObject({ changes: [{ seq: 2 }], throughSeq: 2 });
      expect(await writer.changesAfter(3, 10)).toEqual({ changes: [], throughSeq: 3 });
    }));
});

describe('what is marked kept', () => {
  it('outlives the retention', async () => {
    const old = { start_time: Date.now() / 1000 - 40 * 86_400 };
    const [kept, other] = [anomalyEvent({ ...old, kept: true }), anomalyEvent(old)];
    await withWriter(dataDir, async (writer) => {
      await writer.append(kept, other);
    });
    await withWriter(dataDir, async (writer) => {
      expect(await writer.all()).toEqual([kept]);
      expect(await writer.event(other.id)).toBeNull();
    });
  });
});

describe('a file of the version before', () => {
  it('gets what it lacks: its events are kept by nobody, and found by every filter', async () => {
    const event = anomalyEvent({ summary: 'A fire', data: { zones: ['door'], feedback: 'right' } });
    await withWriter(dataDir, async (writer) => {
      await writer.append(event);
    });
    rmSync(join(dataDir, 'journal'), { recursive: true });
    const instance = await DuckDBInstance.create(join(dataDir, 'nunchi.duckdb'));
    const connection = await instance.connect();
    await connection.run(
      `CREATE TABLE older AS SELECT * EXCLUDE (kept, feedback, zones, search, search_bits_low, search_bits_high) FROM events`,
    );
    await connection.run('DROP TABLE events');
    const { id: _id, ...rest } = Object.fromEntries(
      (await connection.runAndReadAll('DESCRIBE older')).getRows().map(([name, type]) => [name, type]),
    ) as Record<string, string>;
    const columns = Object.entries(rest).map(([name, type]) => `${name} ${type}`);
    await connection.run(`CREATE TABLE events (id VARCHAR PRIMARY KEY, ${columns.join(', ')})`);
    await connection.run('INSERT INTO events FROM older');
    connection.closeSync();
    instance.closeSync();
    await withWriter(dataDir, async (writer) => {
      const filters = { kept: false, zone: ['door'], feedback: ['right'], q: 'fire' };
      expect(await writer.all(filters)).toEqual([event]);
      await writer.append({ ...event, kept: true });
      expect(await writer.all({ kept: true })).toEqual([{ ...event, kept: true }]);
    });
  });
});
