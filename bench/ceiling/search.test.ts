import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findCeiling } from './search.js';

it('finds the edge, wherever it is, and asks for no number twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 1, max: 64 }), async (edge, max) => {
      const asked: number[] = [];
      const found = await findCeiling(max, (cameras) => {
        asked.push(cameras);
        return Promise.resolve(cameras <= edge);
      });
      expect(found).toBe(Math.min(edge, max));
      expect(new Set(asked).size).toBe(asked.length);
      expect(asked.length).toBeLessThanOrEqual(14);
    }),
  );
});
