import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventStatement } from '../../src/workers/store/event-query.js';
import { EventTable } from '../../src/workers/store/event-table.js';
import { anomalyEvent } from '../support/anomaly-event.js';

/** One operator of DuckDB's plan, as its JSON has it. */
interface Operator {
  name: string;
  children: Operator[];
  extra_info: { Projections?: string | string[]; Filters?: string | string[] };
}

let dataDir: string;
let table: EventTable;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'nunchi-plans-'));
  mkdirSync(join(dataDir, 'exports'));
  table = await EventTable.open(join(dataDir, 'nunchi.duckdb'), join(dataDir, 'exports'));
  const records = Array.from({ length: 100 }, (_, n) => ({ seq: n + 1, event: anomalyEvent() }));
  await table.write({ records, throughSeq: 100 });
});

afterEach(() => {
  for (const reader of table.readers) reader.closeSync();
  table.close();
  rmSync(dataDir, { recursive: true });
});

async function scans(query: Parameters<typeof eventStatement>[0]): Promise<Operator[]> {
  const { sql, values } = eventStatement(query);
  const [row] = await table.select({ sql: `EXPLAIN (FORMAT json) ${sql}`, values });
  const all = (operator: Operator): Operator[] => [operator, ...operator.children.flatMap(all)];
  const plan = JSON.parse(String(row?.['explain_value'])) as Operator[];
  return plan.flatMap(all).filter(({ name }) => name.includes('SCAN'));
}

const listed = (value: string | string[] | undefined): string[] => [value ?? []].flat();

describe('a page of a text search', () => {
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
