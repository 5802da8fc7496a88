import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { summaryOf } from '../../src/trace.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { eventTrace } from '../support/trace.js';
import { withWriter } from '../support/writer-thread.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nunchi-traces-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

describe('the traces in the writer thread', () => {
  it('are found when they are saved, and when the store is opened again', async () => {
    const trace = eventTrace();
    await withWriter(dataDir, async (writer) => {
      await writer.saveTrace(trace);
      expect(await writer.trace(trace.id)).toEqual(trace);
    });
    await withWriter(dataDir, async (writer) => {
      expect(await writer.traces({ limit: 10 })).toEqual([summaryOf(trace)]);
      expect(await writer.trace(anomalyEvent().id)).toBeNull();
    });
  });

  it('do not keep events from being stored when they cannot be opened', async () => {
    writeFileSync(join(dataDir, 'traces'), 'in the way');
    await withWriter(dataDir, async (writer) => {
      const event = anomalyEvent();
      await writer.append(event);
      expect(await writer.event(event.id)).toEqual(event);
      const refused = {
        code: 'store.open_failed',
        message: expect.stringContaining('cannot open the traces') as string,
      };
      await expect(writer.saveTrace(eventTrace())).rejects.toMatchObject(refused);
      await expect(writer.traces({ limit: 10 })).rejects.toMatchObject(refused);
    });
  });
});
