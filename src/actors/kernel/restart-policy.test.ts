import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelayMs, decideRestart, reconnectPolicy, threadRestartPolicy } from './restart-policy.js';

const random = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('backoffDelayMs', () => {
  it('starts at the first delay, never falls below the attempt before, and stays within cap and jitter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), random, (attempt, chance) => {
        const delay = backoffDelayMs(reconnectPolicy, attempt, chance);
        expect(delay).toBeGreaterThanOrEqual(500);
        expect(delay).toBeLessThanOrEqual(30_000 * 1.2);
        expect(backoffDelayMs(reconnectPolicy, attempt + 1, 0)).toBeGreaterThanOrEqual(
          backoffDelayMs(reconnectPolicy, attempt, 0),
        );
      }),
    );
  });

  it('tries a dead camera at most twice a minute in steady state', () => {
    expect(backoffDelayMs(reconnectPolicy, 20, 0)).toBeGreaterThanOrEqual(30_000);
  });
});

describe('decideRestart', () => {
  it('gives up exactly at the allowed number of failures within the window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2_000_000 }), { minLength: 1, maxLength: 20 }),
        random,
        (times, chance) => {
          const now = Math.max(...times);
          const recent = times.filter((time) => now - time < threadRestartPolicy.windowMs).length;
          const decision = decideRestart(threadRestartPolicy, times, now, chance);
          expect(decision.type).toBe(recent >= threadRestartPolicy.maxFailures ? 'giveUp' : 'restartAfter');
        },
      ),
    );
  });

  it('never gives a camera connection up', () => {
    const times = Array.from({ length: 10_000 }, (_, i) => i);
    expect(decideRestart(reconnectPolicy, times, 10_000, 0).type).toBe('restartAfter');
  });
});
