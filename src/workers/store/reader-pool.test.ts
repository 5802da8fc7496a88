import type { DuckDBConnection } from '@duckdb/node-api';
import { describe, expect, it, vi } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { ReaderPool, type ReadWeight } from './reader-pool.js';

const DEADLINE_MS = 1_000;

function pool(connections: number) {
  const clock = new SimulatedClock();
  const fakes = Array.from({ length: connections }, () => ({ interrupt: vi.fn(), closeSync: vi.fn() }));
  const readers = new ReaderPool(fakes as unknown as DuckDBConnection[], clock);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const read = (name: string, weight: ReadWeight = 'light') =>
    readers.run(weight, DEADLINE_MS, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  return { clock, fakes, readers, begun, ends, read };
}

describe('ReaderPool', () => {
  it('lets a light read pass heavy ones, of which two run at a time', async () => {
    const { clock, begun, ends, read } = pool(3);
    for (const name of ['a', 'b', 'c']) void read(name, 'heavy');
    void read('light');
    await clock.advance(0);
    expect(begun).toEqual(['a', 'b', 'light']);
    ends.get('a')?.();
    await clock.advance(0);
    expect(begun).toEqual(['a', 'b', 'light', 'c']);
  });

  it('refuses the 65th that waits, and counts it', async () => {
    const { readers, read } = pool(0);
    for (let i = 0; i < 64; i += 1) read('waits').catch(() => undefined);
    await expect(read('refused')).rejects.toMatchObject({ code: 'store.overloaded' });
    expect(readers.counts).toEqual({ refused: 1, cutOff: 0 });
  });

  it('gives up at its deadline what waits', async () => {
    const { clock, readers, read } = pool(0);
    const late = expect(read('waits')).rejects.toMatchObject({ code: 'store.deadline' });
    await clock.advance(DEADLINE_MS);
    await late;
    expect(readers.counts).toEqual({ refused: 0, cutOff: 1 });
  });

  it('interrupts at its deadline what runs', async () => {
    const { clock, fakes, readers } = pool(1);
    const running = readers.run('light', DEADLINE_MS, () => {
      return new Promise((_resolve, reject) =>
        fakes[0]?.interrupt.mockImplementation(() => {
          reject(new Error('interrupted'));
        }),
      );
    });
    const late = expect(running).rejects.toMatchObject({ code: 'store.deadline' });
    await clock.advance(DEADLINE_MS - 1);
    expect(fakes[0]?.interrupt).not.toHaveBeenCalled();
    await clock.advance(1);
    await late;
    expect(readers.counts.cutOff).toBe(1);
  });

  it('at its end refuses what waits, and closes once nothing runs', async () => {
    const { clock, fakes, readers, ends, read } = pool(1);
    void read('runs');
    const refused = expect(read('waits')).rejects.toMatchObject({ code: 'store.open_failed' });
    const ended = readers.end();
    await refused;
    await clock.advance(0);
    expect(fakes[0]?.closeSync).not.toHaveBeenCalled();
    ends.get('runs')?.();
    await ended;
    expect(fakes[0]?.closeSync).toHaveBeenCalledOnce();
  });
});
