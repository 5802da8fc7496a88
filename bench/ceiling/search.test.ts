import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCeiling } from './search.js';

const search = fc.record({ edge: fc.integer({ min: 0, max: 70 }), max: fc.integer({ min: 1, max: 64 }) });

describe('the search', () => {
  it('finds the edge, wherever it is, and asks for no number twice', async () => {
    await fc.assert(
      fc.asyncProperty(search, async ({ edge, max }) => {
        const asked: number[] = [];
        const found = await findCeiling(max, (cameras) => {
          asked.push(cameras);
          return Promise.resolve(cameras <= edge);
        });
        expect(found).toEqual({ cameras: Math.min(edge, max), broke: edge < max ? edge + 1 : null });
        expect(new Set(asked).size).toBe(asked.length);
        expect(asked.length).toBeLessThanOrEqual(14);
      }),
    );
  });

  it('that ends early has the edge between what held and what did not', async () => {
    await fc.assert(
      fc.asyncProperty(search, fc.nat(14), fc.boolean(), async ({ edge, max }, steps, isCut) => {
        let asked = 0;
        const { cameras, broke } = await findCeiling(
          max,
          (count) => {
            asked += 1;
            return Promise.resolve(isCut && asked > steps ? null : count <= edge);
          },
          () => !isCut && asked >= steps,
        );
        expect(cameras).toBeLessThanOrEqual(edge);
        expect(broke ?? edge + 1).toBeGreaterThan(edge);
        expect(asked).toBeLessThanOrEqual(isCut ? steps + 1 : steps);
      }),
    );
  });
});
