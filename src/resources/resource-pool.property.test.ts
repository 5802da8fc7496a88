import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeModels, declared, type Behaviour, type Name } from '../../test/support/fake-models.js';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import { ResourcePool } from './resource-pool.js';

type Step =
  | { type: 'use'; name: Name; runMs: number }
  | { type: 'pass'; ms: number }
  | { type: 'behave'; name: Name; behaviour: Behaviour };

const name = fc.constantFrom<Name>('vad', 'agent', 'vlm');
const ms = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

const behaviour: fc.Arbitrary<Behaviour> = fc
  .record({
    loadMs: ms(20_000),
    unloadMs: ms(20_000),
    fails: fc.option(ms(3)),
    unloadFails: fc.option(ms(2)),
    message: fc.constantFrom('damaged', 'out of memory'),
  })
  .map(({ loadMs, unloadMs, fails, unloadFails, message }) => ({
    loadMs,
    unloadMs,
    ...(fails !== null && { error: new Error(message), fails }),
    ...(unloadFails !== null && { unloadError: new Error('busy'), unloadFails }),
  }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('use' as const), name, runMs: ms(10_000) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: ms(40_000) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('behave' as const), name, behaviour }) },
);

/** An hour: longer than any load, retry, patience and idle time together. */
const LONG_MS = 3_600_000;

describe('ResourcePool, whatever is used, fails and takes its time', () => {
  it('never passes the budget, loads twice, unloads under a user or sheds the VAD, and everything settles', async () => {
    const run = fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.constantFrom(800, 1_100, 1_900, 2_000, 2_724),
      fc.constantFrom(1_000, 30_000, 300_000),
      async (steps, budgetMb, idleUnloadMs) => {
        const clock = new SimulatedClock();
        const models = new FakeModels(clock, budgetMb);
        const { loaders } = models;
        const pool = new ResourcePool<Name>({
          ...{ budgetMb, loaders, idleUnloadMs, clock },
          models: declared,
          onFailure: () => undefined,
        });
        let settled = 0;
        let asked = 0;
        for (const taken of steps) {
          await act(taken);
          const report = pool.report();
          expect(report.declaredMb).toBeLessThanOrEqual(budgetMb);
          expect(report.declaredMb).toBe(models.presentMb());
        }
        await clock.advance(LONG_MS);
        expect(settled).toBe(asked);
        for (const { users, waiting, state, name: of } of pool.report().models) {
          expect({ users, waiting }).toEqual({ users: 0, waiting: 0 });
          if (of !== 'vad') expect(state).toBe('unloaded');
        }
        models.isClosing = true;
        const closed = pool.close();
        await clock.advance(LONG_MS);
        await closed;
        expect(models.breaches).toEqual([]);

        async function act(taken: Step): Promise<void> {
          switch (taken.type) {
            case 'use':
              asked += 1;
              void pool
                .use(taken.name, () => models.used(taken.name, taken.runMs))
                .then(
                  () => (settled += 1),
                  () => (settled += 1),
                );
              return;
            case 'pass':
              await clock.advance(taken.ms);
              return;
            case 'behave':
              models.behaviour[taken.name] = { ...taken.behaviour };
              return;
          }
        }
      },
    );
    await fc.assert(run, { numRuns: 300 });
  }, 60_000);
});
