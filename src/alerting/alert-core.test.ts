import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import type { AnomalyEvent, Severity } from '../event.js';
import {
  alertedEvent,
  decideAlert,
  initialAlertState,
  releaseDigest,
  type AlertPolicy,
  type AlertState,
  type Moment,
} from './alert-core.js';
import { worstEvent } from './narrow-alert.js';
import { initialRoutingState } from './routing.js';
import { restoreAlerts, saveAlerts } from './saved-alerts.js';

const policy: AlertPolicy = { dedupMs: 15_000, digestMs: 60_000, rules: [] };

let ids = 0;
const at = (nowMs: number, wallTime = 1_700_000_000 + nowMs / 1000): Moment => ({
  nowMs,
  wallTime,
  newId: () => String((ids += 1)),
});

const alerted = (fields: Partial<AnomalyEvent>) => alertedEvent(anomalyEvent(fields), 'Front gate');

const save = (decisions: AlertState, moment: Moment) =>
  JSON.parse(JSON.stringify(saveAlerts({ decisions, routing: initialRoutingState }, moment))) as unknown;

const restore = (saved: unknown, moment: Moment) =>
  restoreAlerts(saved, moment, policy.digestMs)?.decisions ?? initialAlertState;

function decide(state: AlertState, severity: Severity, nowMs: number, camera = 'gate') {
  return decideAlert(state, alerted({ camera, severity, id: `event ${nowMs} ${camera}` }), policy, at(nowMs));
}

describe('decideAlert', () => {
  it.each(['high', 'critical'] as const)('sends %s at once', (severity) => {
    const { decision } = decide(initialAlertState, severity, 0);
    expect(decision).toMatchObject({ type: 'immediate', alert: { kind: 'immediate', severity, count: 1 } });
  });

  it.each(['low', 'medium'] as const)(
    'puts %s into a digest due a minute after its first event',
    (severity) => {
      const { state, decision } = decide(initialAlertState, severity, 1_000);
      expect(decision).toEqual({ type: 'digested' });
      expect(releaseDigest(state, at(60_999)).alert).toBeNull();
      const released = releaseDigest(state, at(61_000));
      expect(released.alert).toMatchObject({ kind: 'digest', severity, count: 1 });
      expect(released.state.digest).toBeNull();
    },
  );

  it('suppresses the same camera and label up to 14.9 s, and sends at 15.1 s', () => {
    const { state } = decide(initialAlertState, 'high', 0);
    expect(decide(state, 'high', 14_900).decision).toEqual({ type: 'suppressed', why: 'duplicate' });
    expect(decide(state, 'high', 15_100).decision.type).toBe('immediate');
  });

  it('counts the window from what was sent, not from what was suppressed', () => {
    const first = decide(initialAlertState, 'high', 0).state;
    const second = decide(first, 'high', 10_000).state;
    expect(decide(second, 'high', 15_000).decision.type).toBe('immediate');
  });

  it('lets a rise of severity through, and takes the event out of the digest', () => {
    const low = decideAlert(initialAlertState, alerted({ id: 'x', severity: 'low' }), policy, at(0));
    const high = decideAlert(low.state, alerted({ id: 'x', severity: 'high' }), policy, at(2_000));
    expect(high.decision.type).toBe('immediate');
    expect(high.state.digest).toBeNull();
  });

  it('one camera never silences another', () => {
    const { state } = decide(initialAlertState, 'high', 0, 'gate');
    expect(decide(state, 'high', 1, 'yard').decision.type).toBe('immediate');
  });

  it('the first rule that matches decides', () => {
    const rules = [
      { name: 'quiet yard', cameras: ['yard'], min_severity: 'low', action: 'ignore' },
      { name: 'all', min_severity: 'low', action: 'alert' },
    ] as const;
    const ruled = {
      ...policy,
      rules: rules.map((rule) => ({ ...rule, cameras: 'cameras' in rule ? [...rule.cameras] : undefined })),
    };
    const yard = decideAlert(initialAlertState, alerted({ camera: 'yard', severity: 'high' }), ruled, at(0));
    const gate = decideAlert(initialAlertState, alerted({ camera: 'gate', severity: 'high' }), ruled, at(0));
    expect(yard.decision).toEqual({ type: 'suppressed', why: 'rule' });
    expect(gate.decision.type).toBe('immediate');
  });
});

describe('a digest', () => {
  it('counts by camera and label, an event once, under its newest label', () => {
    let state = initialAlertState;
    const add = (fields: Partial<AnomalyEvent>, nowMs: number) => {
      ({ state } = decideAlert(state, alerted({ severity: 'low', ...fields }), policy, at(nowMs)));
    };
    add({ id: 'a', camera: 'gate' }, 0);
    add({ id: 'b', camera: 'gate' }, 16_000);
    add({ id: 'c', camera: 'yard' }, 17_000);
    add({ id: 'b', camera: 'gate', label: 'dog', severity: 'medium' }, 20_000);
    expect(releaseDigest(state, at(60_000)).alert).toMatchObject({
      severity: 'medium',
      count: 3,
      counts: [
        { camera: 'gate', label: 'anomaly', count: 1 },
        { camera: 'yard', label: 'anomaly', count: 1 },
        { camera: 'gate', label: 'dog', count: 1 },
      ],
    });
  });

  it('lists 100 events at most, counts them all, and keeps the worst and each camera', () => {
    let state = initialAlertState;
    const always = { ...policy, dedupMs: 0 };
    const add = (id: string, camera: string, severity: Severity, top_score: number) => {
      ({ state } = decideAlert(state, alerted({ id, camera, severity, top_score }), always, at(0)));
    };
    add('worst', 'gate', 'medium', 0.99);
    for (let i = 0; i < 200; i += 1) add(`gate ${i}`, 'gate', 'low', 0.6);
    add('late', 'yard', 'low', 0.5);
    const { alert } = releaseDigest(state, at(60_000));
    expect(alert?.count).toBe(202);
    expect(alert?.events).toHaveLength(100);
    expect(alert?.events.map(({ id }) => id)).toEqual(expect.arrayContaining(['worst', 'late']));
    expect(alert && worstEvent(alert.events)?.id).toBe('worst');
  });
});

describe('rules', () => {
  const ignoring = (rule: object) => {
    const rules = [{ name: 'r', min_severity: 'low', action: 'ignore', ...rule }] as AlertPolicy['rules'];
    const night = new Date(2024, 0, 1, 23, 30).getTime() / 1000;
    const event = alerted({ severity: 'high', data: { zones: ['door'] } });
    return decideAlert(initialAlertState, event, { ...policy, rules }, at(0, night)).decision.type;
  };

  it.each([
    [{ zones: ['door', 'lawn'] }, 'suppressed'],
    [{ zones: ['lawn'] }, 'immediate'],
    [{ schedule: { days: ['mon'], from: '22:00', to: '06:00' } }, 'suppressed'],
    [{ schedule: { days: ['tue'], from: '22:00', to: '06:00' } }, 'immediate'],
    [{ min_severity: 'critical' }, 'immediate'],
    [{ labels: ['dog'] }, 'immediate'],
  ])('%j: %s', (rule, decision) => {
    expect(ignoring(rule)).toBe(decision);
  });
});

describe('saved alerts', () => {
  it('keep the 15 s window exact across a restart', () => {
    const { state } = decide(initialAlertState, 'high', 50_000);
    const saved = save(state, at(51_000, 1_000));
    const sameEvent = alerted({ camera: 'gate', severity: 'high' });
    const after = (wallTime: number) =>
      decideAlert(restore(saved, at(7, wallTime)), sameEvent, policy, at(7)).decision.type;
    expect(after(1_013.9)).toBe('suppressed');
    expect(after(1_014.1)).toBe('immediate');
  });

  it('a clock set back suppresses for one window, and keeps a digest waiting for one period, at most', () => {
    const first = decide(initialAlertState, 'high', 0).state;
    const { state } = decide(first, 'low', 0, 'yard');
    const restored = restore(save(state, at(0, 10_000)), at(0, 5_000));
    expect(decide(restored, 'high', 15_001).decision.type).toBe('immediate');
    expect(releaseDigest(restored, at(60_001)).alert?.count).toBe(1);
  });

  it('are null for anything else', () => {
    expect(restoreAlerts({ last: 'broken' }, at(0), 60_000)).toBeNull();
    expect(restoreAlerts(null, at(0), 60_000)).toBeNull();
  });
});
