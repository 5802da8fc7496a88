/** Events into DuckDB as the writer puts them there, against the ways it does not take; and how long until they are safe. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writer } from '../../src/actors/events/writer.js';
import { systemClock } from '../../src/clock.js';
import type { AnomalyEvent } from '../../src/event.js';
import { quantileOf } from '../../src/quantile.js';
import { seededRandom } from '../../src/random.js';
import { openInstance } from '../../src/workers/store/duckdb-file.js';
import { emptyExportFolder } from '../../src/workers/store/event-export.js';
import { eventColumnsSql, rowOfEvent } from '../../src/workers/store/event-query.js';
import { EventTable } from '../../src/workers/store/event-table.js';
import { FIRST_TIME, randomEvent } from '../event-store.js';
import { cpuMsPerCall, interleaved, needsNothing, type Benchmark, type Effort } from './measure.js';
import { wanted } from './targets.js';

/** Events of a transaction: what waits at 100 events a second while the flush before runs, or ten when it is quiet. */
const BATCH = 50;
const BATCHES = 8;
const EVENTS_PER_S = 500;
const DURABLE_S = 8;
const DURABLE_TARGET_MS = 150;
const TICK_MS = 10;

export const store: Benchmark = {
  name: 'store',
  missing: needsNothing,
  async measure(effort) {
    const folder = mkdtempSync(join(tmpdir(), 'nunchi-micro-'));
    try {
      const figures = await batches(folder, effort);
      const common = {
        unit: 'CPU ms an event',
        better: 'lower',
        ours: figures.ours,
        target: null,
      } as const;
      return [
        { ...common, name: `DuckDB, batches of ${BATCH} against row inserts`, baseline: figures.rows },
        {
          ...common,
          name: `DuckDB, batches of ${BATCH} against the bare appender`,
          baseline: figures.appender,
        },
        {
          ...wanted.durable,
          unit: 'ms',
          ours: [await durableMs(join(folder, 'durable'), DURABLE_S * effort.size)],
          baseline: [DURABLE_TARGET_MS],
        },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Into files of their own, the same table in each. */
async function batches(folder: string, { rounds, size }: Effort) {
  const exports = join(folder, 'exports');
  emptyExportFolder(exports);
  const table = await EventTable.open(join(folder, 'ours.duckdb'), exports);
  const rows = await openBare(join(folder, 'rows.duckdb'), exports);
  const bulk = await openBare(join(folder, 'bulk.duckdb'), exports);
  const count = Math.max(2, Math.round(BATCHES * size));
  const next = eventSource();
  let seq = 0;
  const perEvent = async (write: (events: AnomalyEvent[]) => Promise<void>) =>
    (await cpuMsPerCall(count, () => write(next(BATCH)))) / BATCH;
  const figures = await interleaved(rounds, {
    ours: () =>
      perEvent((events) => {
        const records = events.map((event) => ({ seq: (seq += 1), event }));
        return table.write({ records, throughSeq: seq });
      }),
    rows: () => perEvent((events) => rows.insert(events)),
    appender: () => perEvent((events) => bulk.append(events)),
  });
  for (const reader of table.readers) reader.closeSync();
  table.close();
  rows.close();
  bulk.close();
  return figures;
}

/** The product's table, and nothing between it and DuckDB. */
async function openBare(file: string, exports: string) {
  const instance = await openInstance(file, exports);
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE events (${eventColumnsSql})`);
  const places = eventColumnsSql.split(', ').map(() => '?');
  const statement = await connection.prepare(`INSERT OR REPLACE INTO events VALUES (${places.join(', ')})`);
  let seq = 0;
  return {
    /** A statement and a transaction an event. */
    async insert(events: readonly AnomalyEvent[]) {
      for (const event of events) {
        statement.bind([...rowOfEvent(event), (seq += 1)]);
        await statement.run();
      }
    },
    /** All at once, straight into the table: it cannot replace the older state of an event. */
    async append(events: readonly AnomalyEvent[]) {
      await connection.run('BEGIN');
      const appender = await connection.createAppender('events');
      for (const event of events) {
        for (const value of rowOfEvent(event)) {
          if (value === null) appender.appendNull();
          else if (typeof value === 'string') appender.appendVarchar(value);
          else if (typeof value === 'bigint') appender.appendHugeInt(value);
          else if (typeof value === 'number') appender.appendDouble(value);
          else appender.appendBoolean(value);
        }
        appender.appendUBigInt(BigInt((seq += 1)));
        appender.endRow();
      }
      appender.closeSync();
      await connection.run('COMMIT');
    },
    close() {
      statement.destroySync();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** p99 of the time from an event's arrival to its promise, through the writer's thread as the product has it. */
async function durableMs(dataDir: string, seconds: number): Promise<number> {
  mkdirSync(dataDir);
  const writer = new Writer({
    dataDir,
    batchSize: 10,
    batchMs: 1_000,
    retentionDays: 36_500,
    clock: systemClock,
    random: Math.random,
    onFailure(error) {
      throw error;
    },
  });
  const child = await writer.start();
  const next = eventSource();
  const times: number[] = [];
  const written: Promise<unknown>[] = [];
  const total = Math.round(EVENTS_PER_S * seconds);
  const startedMs = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - startedMs) / 1_000) * EVENTS_PER_S);
      while (written.length < due) {
        const [event] = next(1);
        if (event === undefined) break;
        const arrivedMs = performance.now();
        written.push(writer.append(event).then(() => times.push(performance.now() - arrivedMs)));
      }
      if (written.length < total) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  await Promise.all(written);
  await child.stop(15_000);
  return quantileOf(times, 0.99);
}

function eventSource(): (count: number) => AnomalyEvent[] {
  const random = seededRandom(1);
  let made = 0;
  return (count) => Array.from({ length: count }, () => randomEvent((made += 1), FIRST_TIME + made, random));
}
