import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Journal } from '../../src/workers/store/journal.js';
import { Projection } from '../../src/workers/store/projection.js';
import { Projector } from '../../src/workers/store/projector.js';
import { Store } from '../../src/workers/store/store.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { SimulatedClock } from '../support/simulated-clock.js';

const hourMs = 3_600_000;
const daySeconds = 86_400;

let dataDir: string;
let clock: SimulatedClock;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nunchi-store-'));
  clock = new SimulatedClock();
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

describe('projector', () => {
  let database: string;
  let journal: Journal;
  let projection: Projection;
  let projector: Projector;

  beforeEach(() => {
    database = join(dataDir, 'nunchi.duckdb');
    journal = new Journal(join(dataDir, 'journal'), 0);
    projection = new Projection(database, join(dataDir, 'exports'), clock);
    projector = new Projector(journal, projection, clock, { batchSize: 10, batchMs: 1000 });
  });

  afterEach(async () => {
    await projector.stop();
    await projection.close();
    await journal.close();
  });

  function append(): void {
    journal.append([anomalyEvent()]);
    projector.appended(false);
  }

  it('lets the oldest event decide: later ones do not put the flush off', async () => {
    await projection.open();
    append();
    await clock.advance(900);
    append();
    await clock.advance(99);
    expect(projection.lastSeq).toBe(0);
    await clock.advance(1);
    await vi.waitFor(() => {
      expect(projection.lastSeq).toBe(2);
    });
    expect(projector.stats.flushes).toBe(1);
  });

  it('tries a failed flush again with growing pauses, says why meanwhile, and heals by itself', async () => {
    mkdirSync(database);
    append();
    for (const [failures, pauseMs] of [1000, 250, 500].entries()) {
      await clock.advance(pauseMs - 1);
      expect(projector.stats.flushFailures).toBe(failures);
      await clock.advance(1);
      await vi.waitFor(() => {
        expect(projector.stats.flushFailures).toBe(failures + 1);
      });
    }
    await expect(projector.settled()).rejects.toMatchObject({ code: 'store.open_failed' });
    append();
    rmdirSync(database);
    await clock.advance(1000);
    await vi.waitFor(() => {
      expect(projection.lastSeq).toBe(2);
    });
    await projector.settled();
    expect(projector.stats.flushFailures).toBe(3);
  });
});

describe('retention', () => {
  it('is looked after every hour', async () => {
    const store = new Store({ dataDir, batchSize: 10, batchMs: 1000, retentionDays: 7 }, clock);
    await store.open();
    const dueInTwoHours = anomalyEvent({ start_time: clock.wallTime() - 7 * daySeconds + 2 * 3600 - 60 });
    const kept = anomalyEvent({ start_time: clock.wallTime() });
    store.append([dueInTwoHours, kept]);
    await clock.advance(hourMs);
    expect(await store.event(dueInTwoHours.id)).toEqual(dueInTwoHours);
    await clock.advance(hourMs);
    await vi.waitFor(async () => {
      expect(await store.event(dueInTwoHours.id)).toBeNull();
    });
    expect(await store.event(kept.id)).toEqual(kept);
    await store.stop();
  });
});
