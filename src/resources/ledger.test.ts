import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declaredMb, planLoad, SETTLED_MS, type LedgerEntry } from './ledger.js';

type Name = 'vad' | 'agent' | 'vlm';

const settings = { declaredMb: 0, keep: 'onDemand', residence: 'unloaded', users: 0, idleMs: 0 } as const;

/** The product's models at the sizes of the example, in these states. */
function entries(
  states: Partial<Record<Name, Partial<LedgerEntry<Name>>>>,
  sizes: Record<Name, number> = { vad: 1024, agent: 800, vlm: 900 },
): LedgerEntry<Name>[] {
  return (['vad', 'agent', 'vlm'] as const).map((name) => ({
    ...settings,
    name,
    setting: `resources.${name}_mb`,
    declaredMb: sizes[name],
    keep: name === 'vad' ? 'always' : 'onDemand',
    ...states[name],
  }));
}

const loaded = { residence: 'loaded', idleMs: SETTLED_MS } as const;
const busy = { residence: 'loaded', users: 1 } as const;

describe('planLoad', () => {
  it('loads what fits', () => {
    expect(planLoad(2_000, entries({ vad: loaded }), 'vlm')).toEqual({ type: 'load' });
  });

  it('evicts what is idle and less important', () => {
    expect(planLoad(2_000, entries({ vad: loaded, vlm: { ...loaded, idleMs: 0 } }), 'agent')).toEqual({
      type: 'evict',
      names: ['vlm'],
    });
  });

  it('evicts no more than is needed, the least important first', () => {
    expect(planLoad(2_000, entries({ agent: loaded, vlm: loaded }), 'vad')).toEqual({
      type: 'evict',
      names: ['vlm'],
    });
    expect(planLoad(1_100, entries({ agent: loaded }), 'vad')).toEqual({ type: 'evict', names: ['agent'] });
  });

  it('waits for the end of a use, and lets no more of them begin', () => {
    expect(planLoad(2_000, entries({ vad: loaded, vlm: busy }), 'agent')).toEqual({
      type: 'wait',
      claimed: ['vlm'],
      idleInMs: null,
    });
  });

  it('waits for what is on its way out, and evicts nothing beside it', () => {
    const states = { agent: loaded, vlm: { residence: 'unloading' } } as const;
    expect(planLoad(2_000, entries(states), 'vad')).toEqual({ type: 'wait', claimed: [], idleInMs: null });
  });

  it('takes the room of a more important model only when it was idle for a while', () => {
    const justUsed = entries({ vad: loaded, agent: { ...loaded, idleMs: 500 } });
    expect(planLoad(2_000, justUsed, 'vlm')).toEqual({
      type: 'wait',
      claimed: [],
      idleInMs: SETTLED_MS - 500,
    });
    expect(planLoad(2_000, entries({ vad: loaded, agent: loaded }), 'vlm')).toEqual({
      type: 'evict',
      names: ['agent'],
    });
  });

  it('never takes the room of what is always kept', () => {
    expect(planLoad(1_500, entries({ vad: loaded }), 'vlm')).toEqual({ type: 'refuse' });
    expect(planLoad(1_000, entries({}), 'vad')).toEqual({ type: 'refuse' });
  });

  it('empties the memory for a model that is to be alone in it', () => {
    expect(planLoad(9_000, entries({ agent: busy, vlm: loaded }), 'vad', true)).toEqual({
      type: 'wait',
      claimed: ['vlm', 'agent'],
      idleInMs: null,
    });
    expect(planLoad(9_000, entries({ agent: loaded, vlm: loaded }), 'vad', true)).toEqual({
      type: 'evict',
      names: ['vlm', 'agent'],
    });
    expect(planLoad(9_000, entries({}), 'vad', true)).toEqual({ type: 'load' });
  });

  it('never plans past the budget, nor against a model that is used or always kept', () => {
    const state = fc.record({
      residence: fc.constantFrom<LedgerEntry['residence']>('unloaded', 'loading', 'loaded', 'unloading'),
      users: fc.integer({ min: 0, max: 2 }),
      idleMs: fc.integer({ min: 0, max: 2 * SETTLED_MS }),
    });
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(
        fc.record({ vad: state, agent: state, vlm: state }),
        fc.record({ vad: size, agent: size, vlm: size }),
        fc.constantFrom<Name>('vad', 'agent', 'vlm'),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (states, sizes, name, budgetMb, alone) => {
          const all = entries({ ...states, [name]: { residence: 'unloaded' } }, sizes);
          fc.pre(declaredMb(all) <= budgetMb);
          const plan = planLoad(budgetMb, all, name, alone);
          if (plan.type === 'load') expect(declaredMb(all) + sizes[name]).toBeLessThanOrEqual(budgetMb);
          if (plan.type === 'refuse') {
            const kept = all.filter(({ keep, residence }) => keep === 'always' && residence !== 'unloaded');
            expect(declaredMb(kept) + sizes[name]).toBeGreaterThan(budgetMb);
          }
          if (plan.type !== 'evict') return;
          for (const victim of all.filter((entry) => plan.names.includes(entry.name)))
            expect(victim).toMatchObject({ keep: 'onDemand', residence: 'loaded', users: 0 });
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
