import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import { severities, severityRank, type Severity } from '../event.js';
import {
  decideAlert,
  initialAlertState,
  releaseDigest,
  type AlertPolicy,
  type AlertState,
  type Moment,
} from './alert-core.js';
import { restoreAlerts, saveAlerts } from './saved-alerts.js';

const policy: AlertPolicy = { dedupMs: 15_000, digestMs: 60_000, rules: [] };

let ids = 0;
const at = (nowMs: number, wallTime = 1_700_000_000 + nowMs / 1000): Moment => ({
  nowMs,
  wallTime,
  newId: () => String((ids += 1)),
});

function decide(state: AlertState, severity: Severity, nowMs: number, camera = 'gate') {
  return decideAlert(
    state,
    anomalyEvent({ camera, severity, id: `event ${nowMs} ${camera}` }),
    policy,
    at(nowMs),
  );
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
    const low = decideAlert(initialAlertState, anomalyEvent({ id: 'x', severity: 'low' }), policy, at(0));
    const high = decideAlert(low.state, anomalyEvent({ id: 'x', severity: 'high' }), policy, at(2_000));
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
    const yard = decideAlert(
      initialAlertState,
      anomalyEvent({ camera: 'yard', severity: 'high' }),
      ruled,
      at(0),
    );
    const gate = decideAlert(
      initialAlertState,
      anomalyEvent({ camera: 'gate', severity: 'high' }),
      ruled,
      at(0),
    );
    expect(yard.decision).toEqual({ type: 'suppressed', why: 'rule' });
    expect(gate.decision.type).toBe('immediate');
  });

  it('agrees with a simple model over any history, restarts and clock jumps included', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 30_000 }),
      camera: fc.constantFrom('gate', 'yard'),
      severity: fc.constantFrom(...severities),
      restart: fc.boolean(),
      jumpS: fc.constantFrom(0, 0, 0, 3_600, -3_600),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let nowMs = 0;
        let wallTime = 1_700_000_000;
        let state = initialAlertState;
        const model = new Map<string, { atMs: number; rank: number }>();
        let digested = 0;
        let released = 0;
        steps.forEach(({ waitMs, camera, severity, restart, jumpS }, i) => {
          nowMs += waitMs;
          wallTime += waitMs / 1000 + jumpS;
          if (restart) {
            // A new process: another monotonic origin, the same wall clock.
            const saved = JSON.parse(JSON.stringify(saveAlerts(state, [], at(nowMs, wallTime)))) as unknown;
            const shiftMs = 5_000;
            const restored = restoreAlerts(saved, at(nowMs + shiftMs, wallTime));
            state = restored?.state ?? initialAlertState;
            nowMs += shiftMs;
            for (const entry of model.values()) entry.atMs += shiftMs;
          }
          const moment = at(nowMs, wallTime);
          const due = releaseDigest(state, moment);
          state = due.state;
          released += due.alert?.count ?? 0;
          const result = decideAlert(state, anomalyEvent({ camera, severity, id: `e${i}` }), policy, moment);
          state = result.state;
          const before = model.get(camera);
          const fresh = before !== undefined && nowMs - before.atMs < 15_000 - 1e-3;
          const suppressed = fresh && severityRank(severity) <= before.rank;
          expect(result.decision.type === 'suppressed').toBe(suppressed);
          if (suppressed) return;
          model.set(camera, { atMs: nowMs, rank: severityRank(severity) });
          const now = severityRank(severity) >= 2;
          expect(result.decision.type).toBe(now ? 'immediate' : 'digested');
          if (!now) digested += 1;
        });
        released += releaseDigest(state, at(nowMs + 3_600_000, wallTime)).alert?.count ?? 0;
        expect(released).toBe(digested);
      }),
    );
  });
});

describe('saved alerts', () => {
  it('keep the 15 s window exact across a restart', () => {
    const { state } = decide(initialAlertState, 'high', 50_000);
    const saved = saveAlerts(state, [], at(51_000, 1_000));
    const restored = (wallTime: number) => restoreAlerts(saved, at(7, wallTime))?.state ?? initialAlertState;
    const sameEvent = anomalyEvent({ camera: 'gate', severity: 'high' });
    expect(decideAlert(restored(1_013.9), sameEvent, policy, at(7)).decision.type).toBe('suppressed');
    expect(decideAlert(restored(1_014.1), sameEvent, policy, at(7)).decision.type).toBe('immediate');
  });

  it('a clock set back suppresses for one window at most', () => {
    const { state } = decide(initialAlertState, 'high', 0);
    const saved = saveAlerts(state, [], at(0, 10_000));
    const restored = restoreAlerts(saved, at(0, 5_000))?.state ?? initialAlertState;
    expect(decide(restored, 'high', 15_001).decision.type).toBe('immediate');
  });

  it('give back what was in the outbox, and null for anything else', () => {
    const { decision } = decide(initialAlertState, 'critical', 0);
    const outbox = decision.type === 'immediate' ? [decision.alert] : [];
    expect(restoreAlerts(saveAlerts(initialAlertState, outbox, at(0)), at(0))?.outbox).toEqual(outbox);
    expect(restoreAlerts({ last: 'broken' }, at(0))).toBeNull();
    expect(restoreAlerts(null, at(0))).toBeNull();
  });
});
