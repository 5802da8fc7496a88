import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import { severities, severityRank, type Severity } from '../event.js';
import { localMoment } from '../schedule.js';
import { alertedEvent, decideAlert, initialAlertState, releaseDigest, type Moment } from './alert-core.js';
import { initialRoutingState, mute, newChannelMemory, routeAlert, withChannel } from './routing.js';
import { restoreAlerts, saveAlerts, type AlertMemory } from './saved-alerts.js';

const DEDUP_MS = 15_000;
const DIGEST_MS = 60_000;
const HOUR_MS = 3_600_000;
const policy = { dedupMs: DEDUP_MS, digestMs: DIGEST_MS, rules: [] };
const channel = {
  rules: [
    {
      name: 'no dogs',
      labels: ['dog'],
      min_severity: 'low' as const,
      action: 'ignore' as const,
    },
  ],
  quiet_hours: [
    { days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const, from: '22:00', to: '06:00' },
  ].map((hours) => ({ ...hours, days: [...hours.days] })),
  max_per_hour: 3,
};

/** What happens, step by step. */
const step = fc.record({
  waitMs: fc.oneof(
    fc.integer({ min: 0, max: 30_000 }),
    fc.integer({ min: 0, max: 2 * HOUR_MS }),
    fc.constantFrom(DEDUP_MS - 100, DEDUP_MS + 100, HOUR_MS - 100, HOUR_MS + 100),
  ),
  camera: fc.constantFrom('gate', 'yard'),
  label: fc.constantFrom('anomaly', 'dog'),
  severity: fc.constantFrom(...severities),
  restart: fc.boolean(),
  jumpS: fc.constantFrom(0, 0, 0, 3_600, -3_600),
  act: fc.constantFrom('none', 'none', 'none', 'snooze', 'unsnooze', 'mute', 'unmute'),
});

/** The rules as one would tell them, over plain lists; its time is monotonic and knows of no restart. */
class Reference {
  readonly let: { key: string; atMs: number; severity: Severity }[] = [];
  readonly messagesMs: number[] = [];
  digestDueMs: number | null = null;
  digested: { camera: string; label: string; severity: Severity }[] = [];
  heldBack = 0;
  snoozedUntilMs = 0;
  mutedUntilMs = 0;

  decide(nowMs: number, camera: string, label: string, severity: Severity): 'suppressed' | 'now' | 'later' {
    const key = camera + label;
    const last = this.let.filter((entry) => entry.key === key).at(-1);
    if (last && nowMs - last.atMs < DEDUP_MS && severityRank(severity) <= severityRank(last.severity))
      return 'suppressed';
    this.let.push({ key, atMs: nowMs, severity });
    if (severity === 'high' || severity === 'critical') return 'now';
    this.digestDueMs ??= nowMs + DIGEST_MS;
    this.digested.push({ camera, label, severity });
    return 'later';
  }

  /** Why the channel does not tell it, or how many were kept back before it. */
  route(nowMs: number, hour: number, events: { camera: string; label: string; severity: Severity }[]) {
    const ruled = events.filter(({ label }) => label !== 'dog');
    if (ruled.length === 0) return 'rule';
    if (nowMs < this.snoozedUntilMs) return 'snoozed';
    const heard = ruled.filter(({ camera }) => camera !== 'gate' || nowMs >= this.mutedUntilMs);
    if (heard.length === 0) return 'muted';
    if (!heard.some(({ severity }) => severity === 'critical')) {
      const lately = this.messagesMs.filter((atMs) => nowMs - atMs < HOUR_MS).length;
      const reason = hour >= 22 || hour < 6 ? 'quiet_hours' : lately >= 3 ? 'hourly_cap' : null;
      if (reason !== null) {
        this.heldBack += 1;
        return reason;
      }
    }
    this.messagesMs.push(nowMs);
    const told = this.heldBack;
    this.heldBack = 0;
    return { count: heard.length, heldBack: told };
  }
}

describe('alerting', () => {
  it('agrees with a simple model over any history, restarts and clock jumps included', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const reference = new Reference();
        let memory: AlertMemory = { decisions: initialAlertState, routing: initialRoutingState };
        // Of the process that runs; the reference counts on from the first one.
        let originMs = 0;
        let nowMs = 0;
        let wallTime = new Date(2024, 0, 1, 12).getTime() / 1000;
        let ids = 0;
        const moment = (): Moment => ({ nowMs: nowMs - originMs, wallTime, newId: () => String((ids += 1)) });

        const route = (
          alert: Parameters<typeof routeAlert>[3],
          events: Parameters<Reference['route']>[2],
        ) => {
          const routed = routeAlert(memory.routing, 'phone', channel, alert, moment());
          memory = { ...memory, routing: routed.state };
          const expected = reference.route(nowMs, localMoment(wallTime).minute / 60, events);
          if (typeof expected === 'string')
            expect(routed.route).toEqual({ type: 'held_back', reason: expected });
          else
            expect(routed.route).toMatchObject({
              type: 'message',
              heldBack: expected.heldBack,
              alert: { count: expected.count },
            });
        };

        for (const [i, { waitMs, camera, label, severity, restart, jumpS, act }] of steps.entries()) {
          // Never at the very end of a window: restored times are exact to some microseconds only.
          const passedMs = waitMs + 0.37;
          nowMs += passedMs;
          wallTime += passedMs / 1000;
          if (restart) {
            const saved: unknown = JSON.parse(JSON.stringify(saveAlerts(memory, moment())));
            originMs = nowMs - 5_000 * i;
            const restored = restoreAlerts(saved, moment(), DIGEST_MS);
            expect(restored).not.toBeNull();
            memory = restored ?? memory;
          }
          // A jump while no process runs cannot be told from time that passed.
          wallTime += jumpS;
          const due = releaseDigest(memory.decisions, moment());
          memory = { ...memory, decisions: due.state };
          const isDue = reference.digestDueMs !== null && nowMs >= reference.digestDueMs;
          expect(due.alert !== null).toBe(isDue);
          if (due.alert !== null) {
            expect(due.alert.count).toBe(reference.digested.length);
            expect(due.alert.counts.reduce((sum, { count }) => sum + count, 0)).toBe(due.alert.count);
            route(due.alert, reference.digested);
            reference.digested = [];
            reference.digestDueMs = null;
          }
          const { nowMs: atMs } = moment();
          const span = { sinceMs: atMs, untilMs: atMs + 600_000 };
          if (act === 'snooze' || act === 'unsnooze') {
            reference.snoozedUntilMs = act === 'snooze' ? nowMs + 600_000 : 0;
            const before = memory.routing.channels.get('phone') ?? newChannelMemory;
            const snooze = act === 'snooze' ? span : null;
            memory = { ...memory, routing: withChannel(memory.routing, 'phone', { ...before, snooze }) };
          }
          if (act === 'mute' || act === 'unmute') {
            reference.mutedUntilMs = act === 'mute' ? nowMs + 600_000 : 0;
            memory = { ...memory, routing: mute(memory.routing, 'gate', act === 'mute' ? span : null) };
          }
          const event = alertedEvent(anomalyEvent({ camera, label, severity, id: `e${i}` }), camera);
          const { state, decision } = decideAlert(memory.decisions, event, policy, moment());
          memory = { ...memory, decisions: state };
          const expected = reference.decide(nowMs, camera, label, severity);
          expect(decision.type).toBe(
            { suppressed: 'suppressed', now: 'immediate', later: 'digested' }[expected],
          );
          if (decision.type === 'immediate') route(decision.alert, [{ camera, label, severity }]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
