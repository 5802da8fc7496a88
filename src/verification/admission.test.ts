import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdmissionQueue, type QueuedCandidate } from './admission.js';

let ids = 0;

function candidate(fields: Partial<QueuedCandidate> = {}): QueuedCandidate {
  ids += 1;
  const admittedMs = fields.admittedMs ?? 0;
  const expiresMs = admittedMs + 60_000;
  return {
    eventId: `e${ids}`,
    camera: 'gate',
    score: 0.75,
    threshold: 0.5,
    admittedMs,
    expiresMs,
    ...fields,
  };
}

const steps = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('admit' as const),
      camera: fc.nat(7),
      score: fc.integer({ min: 50, max: 99 }),
    }),
    fc.record({ type: fc.constantFrom('take' as const, 'expire' as const, 'withdraw' as const) }),
  ),
  { maxLength: 200 },
);

describe('AdmissionQueue', () => {
  it('is bounded, and every candidate is taken, lost, expired, withdrawn or held', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (given, capacity) => {
        const queue = new AdmissionQueue<QueuedCandidate>(capacity);
        const held = new Set<QueuedCandidate>();
        given.forEach((step, i) => {
          const nowMs = i * 5_000;
          if (step.type === 'admit') {
            const newcomer = candidate({
              camera: `c${step.camera}`,
              score: step.score / 100,
              admittedMs: nowMs,
            });
            held.add(newcomer);
            const lost = queue.admit(newcomer);
            if (lost !== null) expect(held.delete(lost.candidate)).toBe(true);
          } else if (step.type === 'take') {
            const nothingHeld = held.size === 0;
            const taken = queue.take(nowMs);
            expect(taken === undefined).toBe(nothingHeld);
            if (taken !== undefined) expect(held.delete(taken)).toBe(true);
          } else if (step.type === 'expire') {
            for (const expired of queue.expire(nowMs)) {
              expect(expired.expiresMs).toBeLessThanOrEqual(nowMs);
              expect(held.delete(expired)).toBe(true);
            }
          } else {
            const [some] = held;
            if (some !== undefined) expect(queue.withdraw(some)).toBe(held.delete(some));
          }
          expect(held.size).toBeLessThanOrEqual(capacity);
          expect(new Set([...held].map(({ camera }) => camera)).size).toBe(held.size);
        });
        const { admitted, taken, givenUp, merged, expired, withdrawn, highWater, ...counts } = queue.counts;
        expect(admitted).toBe(taken + givenUp + merged + expired + withdrawn + counts.held);
        expect(counts.held).toBe(held.size);
        expect(highWater).toBeLessThanOrEqual(capacity);
      }),
    );
  });

  it('looks first at the higher score, and at the longer unseen camera of two that are as high', () => {
    const queue = new AdmissionQueue<QueuedCandidate>(8);
    queue.admit(candidate({ camera: 'seen' }));
    queue.take(0);
    queue.admit(candidate({ camera: 'seen', admittedMs: 1_000 }));
    queue.admit(candidate({ camera: 'unseen', admittedMs: 1_000 }));
    queue.admit(candidate({ camera: 'high', score: 0.95, admittedMs: 1_000 }));
    const order = [1, 2, 3].map(() => queue.take(1_000)?.camera);
    expect(order).toEqual(['high', 'unseen', 'seen']);
  });

  it('lets no candidate pass one of another camera that has waited for 30 s longer', () => {
    const scores = fc.tuple(fc.integer({ min: 50, max: 99 }), fc.integer({ min: 50, max: 99 }));
    fc.assert(
      fc.property(scores, fc.boolean(), ([early, late], wasSeen) => {
        const queue = new AdmissionQueue<QueuedCandidate>(8);
        if (wasSeen) {
          queue.admit(candidate({ camera: 'patient' }));
          queue.take(0);
        }
        queue.admit(candidate({ camera: 'patient', score: early / 100 }));
        queue.admit(candidate({ camera: 'newcomer', score: late / 100, admittedMs: 30_001 }));
        expect(queue.take(30_001)?.camera).toBe('patient');
      }),
    );
  });

  it('starves no camera: of twelve that always ask, with a verdict every 5 s, each is looked at within 90 s', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 50, max: 99 }), { minLength: 12, maxLength: 12 }), (scores) => {
        const queue = new AdmissionQueue<QueuedCandidate>(12);
        const lastTakenMs = new Map<string, number>();
        for (let nowMs = 0; nowMs <= 600_000; nowMs += 5_000) {
          scores.forEach((score, i) =>
            queue.admit(candidate({ camera: `c${i}`, score: score / 100, admittedMs: nowMs })),
          );
          const camera = queue.take(nowMs)?.camera ?? '';
          expect(nowMs - (lastTakenMs.get(camera) ?? 0)).toBeLessThanOrEqual(90_000);
          lastTakenMs.set(camera, nowMs);
        }
        expect(lastTakenMs.size).toBe(12);
        for (const takenMs of lastTakenMs.values()) expect(600_000 - takenMs).toBeLessThanOrEqual(90_000);
      }),
    );
  });

  it('keeps the better one of a camera, the older of equals, and says into which the other was merged', () => {
    const queue = new AdmissionQueue<QueuedCandidate>(8);
    const first = candidate({ score: 0.7 });
    const equal = candidate({ score: 0.7, admittedMs: 1_000 });
    const better = candidate({ score: 0.8, admittedMs: 2_000 });
    expect(queue.admit(first)).toBeNull();
    expect(queue.admit(equal)).toEqual({ candidate: equal, reason: 'merged', mergedInto: first.eventId });
    expect(queue.admit(better)).toEqual({ candidate: first, reason: 'merged', mergedInto: better.eventId });
    expect(queue.take(3_000)).toBe(better);
    expect(queue.take(3_000)).toBeUndefined();
  });

  it('gives up the least important when full, be it the newcomer', () => {
    const queue = new AdmissionQueue<QueuedCandidate>(2);
    const faint = candidate({ camera: 'a', score: 0.55 });
    queue.admit(candidate({ camera: 'b', score: 0.9 }));
    queue.admit(faint);
    expect(queue.admit(candidate({ camera: 'c', score: 0.8 }))).toEqual({
      candidate: faint,
      reason: 'queue_full',
    });
    const fainter = candidate({ camera: 'd', score: 0.51 });
    expect(queue.admit(fainter)).toEqual({ candidate: fainter, reason: 'queue_full' });
  });

  it('remembers the wait of a camera whose candidate was given up', () => {
    const queue = new AdmissionQueue<QueuedCandidate>(1);
    queue.admit(candidate({ camera: 'bright', score: 0.99 }));
    queue.admit(candidate({ camera: 'faint', score: 0.51 }));
    expect(queue.take(0)?.camera).toBe('bright');
    queue.admit(candidate({ camera: 'other', score: 0.99, admittedMs: 31_000 }));
    queue.admit(candidate({ camera: 'faint', score: 0.51, admittedMs: 31_000 }));
    expect(queue.take(31_000)?.camera).toBe('faint');
  });

  it('withdraws a candidate only while it is the one that waits', () => {
    const queue = new AdmissionQueue<QueuedCandidate>(2);
    const [first, better] = [candidate({ score: 0.6 }), candidate({ score: 0.9 })];
    queue.admit(first);
    queue.admit(better);
    expect(queue.withdraw(first)).toBe(false);
    expect(queue.withdraw(better)).toBe(true);
    queue.admit(first);
    queue.clear();
    expect(queue.counts).toMatchObject({ held: 0, merged: 1, withdrawn: 2 });
  });
});
