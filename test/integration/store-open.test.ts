import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnomalyEvent } from '../../src/event.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { withWriter, WriterThread } from '../support/writer-thread.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nunchi-store-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function threeEvents(): AnomalyEvent[] {
  return [anomalyEvent(), anomalyEvent(), anomalyEvent()];
}

describe('opening again', () => {
  it('continues the numbering and finds everything, states of the alerts included', async () => {
    const stored = threeEvents();
    await withWriter(dataDir, async (writer) => {
      await writer.append(...stored);
      await writer.thread.call('saveState', ['alerts', { sent: [1] }], 5000);
    });
    await withWriter(dataDir, async (writer) => {
      expect(await writer.thread.call('loadState', ['alerts'], 5000)).toEqual({ sent: [1] });
      expect(await writer.thread.call('loadState', ['other'], 5000)).toBeNull();
      await writer.append(anomalyEvent());
      expect(await writer.stats()).toMatchObject({ lastSeq: 4 });
      expect(await writer.all()).toHaveLength(4);
    });
  });

  it('keeps rows and numbering when the journal was lost', async () => {
    await withWriter(dataDir, (writer) => writer.append(...threeEvents()));
    rmSync(join(dataDir, 'journal'), { recursive: true });
    await withWriter(dataDir, async (writer) => {
      await writer.append(anomalyEvent());
      expect(await writer.stats()).toMatchObject({ lastSeq: 4 });
      expect(await writer.all()).toHaveLength(4);
    });
  });

  it('ends the events that were left open', async () => {
    const seen = anomalyEvent({ state: 'new', end_time: null, data: { last_seen: 1_800_000_000.5 } });
    const unseen = anomalyEvent({ state: 'new', end_time: null, data: {} });
    await withWriter(dataDir, (writer) => writer.append(seen, unseen));
    await withWriter(dataDir, async (writer) => {
      const closed = { state: 'ended', data: { closed_by: 'restart' } };
      expect(await writer.event(seen.id)).toMatchObject({ ...closed, end_time: 1_800_000_000.5 });
      expect(await writer.event(unseen.id)).toMatchObject({ ...closed, end_time: unseen.start_time });
    });
  });

  it('deletes what is older than the retention, and a rebuild does not bring it back', async () => {
    const old = Date.now() / 1000 - 8 * 86_400;
    const kept = anomalyEvent();
    await withWriter(dataDir, (writer) => writer.append(anomalyEvent({ start_time: old }), kept));
    await withWriter(
      dataDir,
      async (writer) => {
        expect(await writer.all()).toEqual([kept]);
      },
      { retentionDays: 7 },
    );
    rmSync(join(dataDir, 'nunchi.duckdb'));
    await withWriter(dataDir, async (writer) => {
      expect(await writer.all()).toEqual([kept]);
    });
  });
});

it('names the folder that cannot be written and what to do', async () => {
  const file = join(dataDir, 'file');
  writeFileSync(file, '');
  const writer = new WriterThread(join(file, 'data'));
  await expect(writer.open()).rejects.toMatchObject({
    code: 'store.open_failed',
    message: expect.stringMatching(/file\/data .*make it writable/) as string,
  });
  await expect(writer.append(anomalyEvent())).rejects.toMatchObject({ code: 'store.open_failed' });
  await writer.stop();
});
