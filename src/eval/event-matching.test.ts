import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label } from './dataset.js';
import { matchEvents, segmentsOf, type ToldEvent } from './event-matching.js';

const FPS = 10;
const S = 1_000_000;

const timesOf = (labels: readonly Label[]): number[] => labels.map((_, frame) => (frame * S) / FPS);

function event(startS: number, endS: number, toldS: number): ToldEvent {
  return { startUs: startS * S, endUs: endS * S, peakUs: startS * S, topScore: 0.9, toldUs: toldS * S };
}

function segment(startS: number, endS: number): ReturnType<typeof segmentsOf>[number] {
  return { first: startS * FPS, end: endS * FPS, startUs: startS * S, endUs: endS * S };
}

describe('segments', () => {
  it('are the runs of anomalous frames, each up to the frame after its last', () => {
    const labels: Label[] = [0, 1, 1, 0, 1];
    expect(segmentsOf(labels, timesOf(labels), FPS)).toEqual([
      { first: 1, end: 3, startUs: 100_000, endUs: 300_000 },
      { first: 4, end: 5, startUs: 400_000, endUs: 500_000 },
    ]);
  });

  it('cover exactly the anomalous frames and do not touch', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Label>(0, 1), { maxLength: 50 }), (labels) => {
        const segments = segmentsOf(labels, timesOf(labels), FPS);
        const inside = labels.map((_, frame) =>
          segments.some(({ first, end }) => frame >= first && frame < end) ? 1 : 0,
        );
        expect(inside).toEqual(labels);
        segments.slice(1).forEach(({ first }, i) => {
          expect(first).toBeGreaterThan(segments[i]?.end ?? Infinity);
        });
      }),
    );
  });
});

describe('matching', () => {
  it('counts the delay until the product tells, not until the episode began', () => {
    const { found, misses, falseAlarms } = matchEvents([event(11, 14, 11.6)], [segment(10, 20)]);
    expect(found.map(({ delayS }) => delayS)).toEqual([1.6]);
    expect(misses).toEqual([]);
    expect(falseAlarms).toEqual([]);
  });

  it('goes by the first of several events, and by 0 for one told before', () => {
    const events = [event(8, 12, 9), event(15, 16, 15.6)];
    expect(matchEvents(events, [segment(10, 20)]).found.map(({ delayS }) => delayS)).toEqual([0]);
  });

  it('lets one event find every segment that it overlaps', () => {
    const { found, misses } = matchEvents([event(1, 9, 2)], [segment(0, 3), segment(8, 12), segment(20, 21)]);
    expect(found).toHaveLength(2);
    expect(misses).toEqual([segment(20, 21)]);
  });

  it('takes a segment to last until just before its end, an event to its last score', () => {
    expect(matchEvents([event(20, 22, 21)], [segment(10, 20)]).falseAlarms).toHaveLength(1);
    expect(matchEvents([event(8, 10, 9)], [segment(10, 20)]).falseAlarms).toHaveLength(0);
  });

  it('puts every segment into found or missed, and calls an event false only where nothing is labelled', () => {
    const span = fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.array(span, { maxLength: 8 }), (told, labelled) => {
        const events = told.map(([startS, lengthS]) => event(startS, startS + lengthS, startS + 0.6));
        const segments = labelled.map(([startS, lengthS]) => segment(startS, startS + lengthS));
        const { found, misses, falseAlarms } = matchEvents(events, segments);
        expect(found.length + misses.length).toBe(segments.length);
        expect(matchEvents(falseAlarms, segments).found).toEqual([]);
        expect(matchEvents(events, misses).found).toEqual([]);
        for (const { delayS } of found) expect(delayS).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
