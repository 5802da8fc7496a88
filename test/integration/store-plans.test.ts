import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnomalyEvent } from '../../src/event.js';
import { eventOfRow, eventStatement } from '../../src/workers/store/event-query.js';
import { EventTable, selectRows } from '../../src/workers/store/event-table.js';
import { anomalyEvent } from '../support/anomaly-event.js';

/** One operator of DuckDB's plan, as its JSON has it. */
interface Operator {
  name: string;
  children: Operator[];
  extra_info: { Projections?: string | string[]; Filters?: string | string[] };
}

const events = Array.from({ length: 100 }, () => anomalyEvent());
let dataDir: string;
let table: EventTable;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'nunchi-plans-'));
  mkdirSync(join(dataDir, 'exports'));
  table = await EventTable.open(join(dataDir, 'nunchi.duckdb'), join(dataDir, 'exports'));
});

afterEach(() => {
  for (const reader of table.readers) reader.closeSync();
  table.close();
  rmSync(dataDir, { recursive: true });
});

async function writeEvents(): Promise<void> {
  const records = events.map((event, n) => ({ seq: n + 1, event }));
  await table.write({ records, throughSeq: records.length });
}

async function scans(query: Parameters<typeof eventStatement>[0]): Promise<Operator[]> {
  const { sql, values } = eventStatement(query);
  const [row] = await table.select({ sql: `EXPLAIN (FORMAT json) ${sql}`, values });
  const all = (operator: Operator): Operator[] => [operator, ...operator.children.flatMap(all)];
  const plan = JSON.parse(String(row?.['explain_value'])) as Operator[];
  return plan.flatMap(all).filter(({ name }) => name.includes('SCAN'));
}

const listed = (value: string | string[] | undefined): string[] => [value ?? []].flat();

describe('a page of a text search', () => {
  beforeEach(writeEvents);

  it('reads of all rows only what decides which are meant', async () => {
    for (const query of [{ q: 'fire' }, { q: 'fire', minScore: 0.5, camera: ['gate'] }]) {
      const [whole, ...narrow] = await scans({ limit: 50, ...query });
      expect(listed(whole?.extra_info.Projections)).toContain('data');
      expect(narrow).toHaveLength(2);
      for (const { extra_info: info } of narrow)
        for (const column of ['data', 'summary', 'reasoning', 'models'])
          expect(listed(info.Projections)).not.toContain(column);
    }
  });

  it('looks into no text before the bits have ruled most of them out', async () => {
    for (const { extra_info: info } of await scans({ limit: 50, q: 'fire "two words"' }))
      expect(listed(info.Filters).join()).not.toContain('contains');
  });
});

describe('a read', () => {
  it('is not misled by rows that are committed after it was planned', async () => {
    const [reader] = table.readers;
    if (reader === undefined) throw new Error('no connection reads');
    const prepare = reader.prepare.bind(reader);
    /** The first events ever come in between. */
    const interrupted: Pick<DuckDBConnection, 'run' | 'prepare'> = {
      run: reader.run.bind(reader),
      prepare: async (sql) => {
        const prepared = await prepare(sql);
        await writeEvents();
        return prepared;
      },
    };
    const page = eventStatement({ limit: 50 });
    const during = await selectRows(interrupted as DuckDBConnection, page);
    expect(during).toEqual([]);
    const after = await selectRows(reader, page);
    expect(after.map(eventOfRow)).toEqual(newestFirst(events).slice(0, 51));
  });
});

function newestFirst(unordered: readonly AnomalyEvent[]): AnomalyEvent[] {
  return unordered.toSorted((a, b) => b.start_time - a.start_time || (a.id < b.id ? 1 : -1));
}
