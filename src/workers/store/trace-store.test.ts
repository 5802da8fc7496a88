import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { eventTrace } from '../../../test/support/trace.js';
import { summaryOf, type Trace } from '../../trace.js';
import { TraceStore, type TraceLimits } from './trace-store.js';

let folder: string;
let clock: SimulatedClock;
let store: TraceStore;
let wallMs: number;

const START = 1_700_000_000;
const limits: TraceLimits = { traces: 10, nothings: 3, retentionDays: 30 };

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'nunchi-traces-')), 'traces');
  clock = new SimulatedClock(START);
  store = new TraceStore(folder, limits, clock);
  wallMs = START * 1_000;
});

afterEach(async () => {
  await store.close();
  rmSync(join(folder, '..'), { recursive: true });
});

/** Each a second after the one before. */
function trace(fields: Partial<Trace> = {}): Trace {
  wallMs += 1_000;
  return eventTrace({ id: uuid({ msecs: wallMs }), ...fields });
}

const nothing = { outcome: 'nothing', why: 'too_short' } as const;
const idsOf = (traces: readonly { id: string }[]) => traces.map(({ id }) => id);
const listed = () => idsOf(store.traces({ limit: 200 }));

describe('TraceStore', () => {
  it('finds a trace as it was saved, also after it was opened again, and the newer one of an id', async () => {
    const first = trace();
    await store.save(first);
    expect(store.trace(first.id)).toEqual(first);
    expect(store.trace(uuid())).toBeNull();
    const newer = { ...first, state: 'cut_short' as const };
    await store.save(newer);
    await store.close();
    store = new TraceStore(folder, limits, clock);
    expect(store.trace(first.id)).toEqual(newer);
    expect(listed()).toEqual([first.id]);
  });

  it('lists the newest first, without scores, by camera and outcome, whatever the order of saving', async () => {
    const traces = [
      trace(),
      trace({ camera: 'yard' }),
      trace(nothing),
      trace({ camera: 'yard', ...nothing }),
    ];
    for (const each of [...traces].reverse()) await store.save(each);
    const [a, b, c, d] = traces.map(summaryOf);
    expect(store.traces({ limit: 200 })).toEqual([d, c, b, a]);
    expect(store.traces({ limit: 2 })).toEqual([d, c]);
    expect(store.traces({ camera: 'yard', limit: 200 })).toEqual([d, b]);
    expect(store.traces({ outcome: 'event', limit: 1 })).toEqual([b]);
    expect(store.traces({ camera: 'gate', outcome: 'nothing', limit: 200 })).toEqual([c]);
  });

  it('keeps so many and no more, on disk too, and the oldest give way', async () => {
    const traces = Array.from({ length: 25 }, () => trace());
    await Promise.all(traces.slice(0, 20).map((each) => store.save(each)));
    for (const each of traces.slice(20)) await store.save(each);
    const newest = idsOf(traces.slice(15)).reverse();
    expect(listed()).toEqual(newest);
    await store.close();
    store = new TraceStore(folder, limits, clock);
    expect(listed()).toEqual(newest);
  });

  it('keeps the newest few of each camera that became nothing, and loses no event for them', async () => {
    const event = trace();
    await store.save(event);
    const gate = Array.from({ length: 5 }, () => trace(nothing));
    const yard = Array.from({ length: 2 }, () => trace({ camera: 'yard', ...nothing }));
    for (const each of [...gate, ...yard]) await store.save(each);
    expect(listed()).toEqual([...idsOf([event, ...gate.slice(2), ...yard])].reverse());
    await store.close();
    store = new TraceStore(folder, limits, clock);
    const next = trace(nothing);
    await store.save(next);
    expect(idsOf(store.traces({ camera: 'gate', outcome: 'nothing', limit: 9 }))).toEqual(
      idsOf([next, ...gate.slice(3).reverse()]),
    );
  });

  it('deletes what is older than it may be, within an hour', async () => {
    const old = trace();
    await store.save(old);
    await clock.advance(29 * 86_400_000);
    wallMs = clock.wallTime() * 1_000;
    const young = trace();
    await store.save(young);
    await clock.advance(86_400_000 + 3_600_000);
    expect(listed()).toEqual([young.id]);
    expect(store.trace(old.id)).toBeNull();
  });

  it('passes over what another version wrote', async () => {
    const known = trace();
    await store.save(known);
    await store.save({ ...trace(), threshold: 'high' } as never);
    expect(listed()).toEqual([known.id]);
  });

  it('says what to do about a folder that it cannot open', () => {
    const file = join(folder, '..', 'file');
    writeFileSync(file, 'in the way');
    expect(() => new TraceStore(join(file, 'traces'), limits, clock)).toThrow(
      /cannot open the traces in .*file/,
    );
  });
});
