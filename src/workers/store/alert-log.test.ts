import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/alert-rig.js';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { alertRecord, delivery } from '../../../test/support/alert-record.js';
import type { AlertChange, AlertQuery } from '../../alerting/alert-record.js';
import { alertedEvent } from '../../alerting/alert-core.js';
import type { AnomalyEvent } from '../../event.js';
import { AlertLog } from './alert-log.js';

const logs: AlertLog[] = [];

function openLog(folder = temporaryFolder(), limits = { records: 10, suppressed: 4, retentionDays: 30 }) {
  const clock = new SimulatedClock();
  const log = new AlertLog(folder, limits, clock);
  logs.push(log);
  const commit = (change: Partial<AlertChange>) => {
    log.commit({ records: [], deliveries: [], outcomes: [], done: [], ...change });
  };
  const ids = (query: Partial<AlertQuery> = {}) =>
    log.page({ scope: null, limit: 50, ...query }).alerts.map(({ id }) => id);
  return { log, folder, clock, commit, ids };
}

afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
});

const now = 1_700_000_000;
const about = (fields: Partial<AnomalyEvent>) => [alertedEvent(anomalyEvent(fields), 'Gate')];

describe('AlertLog', () => {
  it('gives a new process what the last one left', async () => {
    const first = openLog();
    const outcome = { ...delivery('2').outcome, status: 'sent' as const };
    first.commit({
      state: { last: [] },
      records: [alertRecord({ id: 'a', deliveries: [delivery('2').outcome] })],
      deliveries: [delivery('2').delivery, delivery('1').delivery],
    });
    first.commit({ outcomes: [{ alertId: 'a', outcome }], done: ['2'] });
    first.commit({ outcomes: [{ alertId: 'gone', outcome }] });
    await first.log.close();
    logs.pop();
    const { log, ids } = openLog(first.folder);
    expect(log.book()).toEqual({ state: { last: [] }, deliveries: [delivery('1').delivery] });
    expect(ids()).toEqual(['a']);
    expect(log.record('a')?.deliveries).toEqual([outcome]);
    expect(log.record('none')).toBeNull();
  });

  it('lists by camera, severity, kind, time, and by what a channel did', () => {
    const { commit, ids } = openLog();
    const { outcome } = delivery('1');
    commit({
      records: [
        alertRecord({ id: 'a', time: now, events: about({ camera: 'gate' }), deliveries: [outcome] }),
        alertRecord({ id: 'b', time: now + 1, events: about({ camera: 'yard' }), severity: 'critical' }),
        alertRecord({ id: 'c', time: now + 2, kind: 'suppressed', events: about({ camera: 'yard' }) }),
        alertRecord({ id: 'd', time: now + 3, kind: 'notice', events: [] }),
      ],
    });
    expect(ids()).toEqual(['d', 'c', 'b', 'a']);
    expect(ids({ camera: 'yard' })).toEqual(['c', 'b']);
    expect(ids({ severity: 'critical' })).toEqual(['b']);
    expect(ids({ kind: 'suppressed' })).toEqual(['c']);
    expect(ids({ after: now + 1, before: now + 3 })).toEqual(['c', 'b']);
    expect(ids({ channel: 'phone' })).toEqual(['a']);
    expect(ids({ channel: 'phone', status: 'sent' })).toEqual([]);
    expect(ids({ scope: ['gate'] })).toEqual(['a']);
    expect(ids({ scope: [] })).toEqual([]);
  });

  it('goes through all of them page by page, though newer ones come in between', () => {
    const { log, commit } = openLog();
    commit({ records: ['a', 'b', 'c', 'd', 'e'].map((id) => alertRecord({ id })) });
    const first = log.page({ scope: null, limit: 2 });
    commit({ records: [alertRecord({ id: 'f' })] });
    const second = log.page({ scope: null, limit: 2, cursor: first.nextCursor ?? undefined });
    const third = log.page({ scope: null, limit: 2, cursor: second.nextCursor ?? undefined });
    expect([first, second, third].map(({ alerts }) => alerts.map(({ id }) => id))).toEqual([
      ['e', 'd'],
      ['c', 'b'],
      ['a'],
    ]);
    expect(third.nextCursor).toBeNull();
  });

  it('keeps so many, fewer of what nobody was told of, and nothing that is too old', async () => {
    const { commit, ids, folder, clock, log } = openLog();
    for (let i = 0; i < 8; i += 1) commit({ records: [alertRecord({ id: `a${i}`, kind: 'suppressed' })] });
    expect(ids()).toEqual(['a7', 'a6', 'a5', 'a4']);
    for (let i = 0; i < 8; i += 1) commit({ records: [alertRecord({ id: `b${i}` })] });
    expect(ids()).toEqual(['b7', 'b6', 'b5', 'b4', 'b3', 'b2', 'b1', 'b0', 'a7', 'a6']);
    await clock.advance(31 * 86_400_000);
    commit({ records: [alertRecord({ id: 'c', time: clock.wallTime() })] });
    expect(ids()).toEqual(['c']);
    await log.close();
    logs.pop();
    expect(openLog(folder).ids()).toEqual(['c']);
  });
});
