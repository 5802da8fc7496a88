import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.js';
import { OrdinaryFootage } from './ordinary-footage.js';

const STEP_US = 200_000;

/** Footage of so many seconds; the samples count the frames. */
function footageOf(seconds: number, suspicious: (at: number) => boolean = () => false): OrdinaryFootage {
  const footage = new OrdinaryFootage('mnad', seededRandom(1));
  for (let i = 0; i < seconds * 5; i += 1) footage.add(Float32Array.of(i), i * STEP_US, suspicious(i));
  return footage;
}

const framesOf = (footage: OrdinaryFootage): number[] =>
  footage.footage.blocks.flat().map((sample) => sample[0] ?? NaN);

describe('ordinary footage', () => {
  it('keeps consecutive frames together in blocks of five seconds', () => {
    const { blocks, blockS } = footageOf(31).footage;
    expect(blockS).toBe(5);
    expect(blocks.map((block) => block.length)).toEqual([25, 25, 25, 25, 25, 25, 5]);
    expect(blocks[1]?.map((sample) => sample[0])).toEqual(Array.from({ length: 25 }, (_, i) => 25 + i));
  });

  it('does not join what a gap divides', () => {
    const footage = new OrdinaryFootage('mnad', seededRandom(1));
    for (let i = 0; i < 10; i += 1) footage.add(Float32Array.of(i), i * STEP_US, false);
    for (let i = 0; i < 40; i += 1) footage.add(Float32Array.of(100 + i), 60_000_000 + i * STEP_US, false);
    expect(footage.footage.blocks.map((block) => block[0]?.[0])).toEqual([0, 100, 125]);
    expect(footage.seconds).toBeCloseTo(9.6, 5);
  });

  it('leaves out blocks that hold something suspicious', () => {
    const footage = footageOf(101, (at) => at === 30);
    expect(framesOf(footage)).not.toContain(30);
    expect(footage.seconds).toBeGreaterThan(90);
    const allSuspicious = footageOf(60, () => true);
    expect(allSuspicious.footage.blocks).toEqual([]);
    expect(allSuspicious.seconds).toBe(0);
  });

  it('learns what was suspicious for most of two minutes: it has come to stay', () => {
    expect(footageOf(600, () => true).footage.blocks.length).toBeGreaterThan(80);
    expect(footageOf(600, (at) => at % 50 < 25).footage.blocks.length).toBeLessThan(70);
  });

  it('counts the block that is still open, so that seconds are enough to begin with', () => {
    const { blocks } = footageOf(3).footage;
    expect(blocks.map((block) => block.length)).toEqual([15]);
  });

  it('is bounded, and goes on learning when it is full', () => {
    const footage = footageOf(3_600);
    expect(footage.footage.blocks).toHaveLength(121);
    expect(Math.max(...framesOf(footage))).toBeGreaterThan(17_000);
    expect(Math.min(...framesOf(footage))).toBeLessThan(9_000);
    expect(footage.seconds).toBeGreaterThan(3_400);
  });

  it('never mixes frames of different blocks, whatever the gaps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 300 }), (steps) => {
        const footage = new OrdinaryFootage('mnad', seededRandom(1));
        let us = 0;
        for (const step of steps) footage.add(Float32Array.of((us += step * 100_000) / 1e6), us, false);
        for (const block of footage.footage.blocks) {
          const times = block.map((sample) => sample[0] ?? NaN);
          expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(5.001);
          times.slice(1).forEach((time, i) => {
            expect(time - (times[i] ?? 0)).toBeLessThanOrEqual(1.001);
          });
        }
      }),
    );
  });
});
