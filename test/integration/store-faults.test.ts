import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anomalyEvent } from '../support/anomaly-event.js';
import { WriterThread } from '../support/writer-thread.js';

const childScript = fileURLToPath(new URL('../support/store-child.mjs', import.meta.url));

let dataDir: string;
let database: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nunchi-store-'));
  database = join(dataDir, 'nunchi.duckdb');
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function startChild(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [childScript, dataDir, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Lets a child append until it has acknowledged `count` states, kills it, and tells the latest summary by id. */
async function acknowledgedBeforeKill(count: number): Promise<Map<string, string>> {
  const child = startChild();
  const acknowledged = new Map<string, string>();
  let states = 0;
  // Lines that were written before the kill still arrive, and count.
  for await (const line of createInterface(child.stdout)) {
    const [id = '', summary = ''] = line.split(' ');
    acknowledged.set(id, summary);
    states += 1;
    if (states === count) child.kill('SIGKILL');
  }
  return acknowledged;
}

async function storedEvents(): Promise<{ summaries: Map<string, string>; rows: number; rebuilds: number }> {
  const writer = new WriterThread(dataDir);
  try {
    const { rebuilds } = await writer.open();
    const events = await writer.all({ limit: 100 });
    return {
      summaries: new Map(events.map(({ id, summary }) => [id, summary])),
      rows: events.length,
      rebuilds,
    };
  } finally {
    await writer.stop();
  }
}

describe('after SIGKILL', () => {
  it('everything acknowledged is there once, in its latest state, ten times over', async () => {
    const expected = new Map<string, string>();
    for (let round = 0; round < 10; round++) {
      const count = 1 + Math.floor(Math.random() * 80);
      for (const [id, summary] of await acknowledgedBeforeKill(count)) expected.set(id, summary);
      const { summaries, rows } = await storedEvents();
      expect(rows).toBe(summaries.size);
      for (const [id, summary] of expected) {
        // The state after the acknowledged one may have made it to the disk, too.
        expect([summary, '2'], `round ${round}, ${count} states, event ${id}`).toContain(summaries.get(id));
      }
      // Nor is there more than the one event each kill may have cut off between disk and acknowledgement.
      expect(rows).toBeLessThanOrEqual(expected.size + round + 1);
    }
  }, 40_000);

  it('a torn write-ahead log loses nothing', async () => {
    const expected = await acknowledgedBeforeKill(60);
    truncateSync(`${database}.wal`, Math.floor(readFileSync(`${database}.wal`).length / 2));
    const { summaries } = await storedEvents();
    for (const id of expected.keys()) expect(summaries.has(id)).toBe(true);
  });

  it('a garbled write-ahead log is set aside with its file, and all rows come back', async () => {
    const expected = await acknowledgedBeforeKill(60);
    const log = readFileSync(`${database}.wal`);
    writeFileSync(`${database}.wal`, log.fill(0xa5, Math.floor(log.length / 2)));
    const { summaries, rebuilds } = await storedEvents();
    expect(rebuilds).toBe(1);
    for (const id of expected.keys()) expect(summaries.has(id)).toBe(true);
    expect(readdirSync(dataDir).filter((name) => name.includes('.quarantined-'))).toHaveLength(2);
  });
});

describe('a damaged database file', () => {
  const damages: [string, (file: Buffer) => Buffer][] = [
    ['zeroed in the middle', (file) => file.fill(0, 12_288, file.length - 4096)],
    ['cut in half', (file) => file.subarray(0, file.length / 2)],
    ['replaced by text', () => Buffer.from('not a database'.repeat(1000))],
    ['emptied', () => Buffer.alloc(0)],
  ];

  it.each(damages)('%s: the same rows come back from the journal', async (_, damage) => {
    const stored = Array.from({ length: 200 }, () => anomalyEvent());
    const first = new WriterThread(dataDir);
    await first.open();
    await first.append(...stored);
    await first.stop();
    writeFileSync(database, damage(readFileSync(database)));

    const second = new WriterThread(dataDir);
    await second.open();
    expect(new Map((await second.all()).map((event) => [event.id, event]))).toEqual(
      new Map(stored.map((event) => [event.id, event])),
    );
    await second.stop();
  });
});

describe('two processes', () => {
  it('cannot share a store: the second ends with an error that names the first', async () => {
    const first = startChild();
    await once(first.stdout, 'data');
    const second = startChild();
    const [output] = await Promise.all([text(second.stderr), once(second, 'exit')]);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(second.exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      code: 'store.locked',
      message: expect.stringContaining(`process ${first.pid}: stop that process`) as string,
      data: { pid: first.pid },
    });
  });

  it('one after the other: the first ends by itself, with exit code 0', async () => {
    const child = startChild('15');
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(child.exitCode).toBe(0);
    const { summaries } = await storedEvents();
    expect(summaries.size).toBe(15);
    expect(output.trim().split('\n')).toHaveLength(28);
  });
});
