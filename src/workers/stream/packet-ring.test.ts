import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketRing, type RingPacket } from './packet-ring.js';

const limits = { maxBytes: 1000, maxSeconds: 3 };

const streams = fc
  .array(
    fc.record({
      bytes: fc.integer({ min: 1, max: 400 }),
      key: fc.boolean(),
      stepUs: fc.integer({ min: 0, max: 800_000 }),
    }),
    { maxLength: 120 },
  )
  .map((steps) => {
    let ptsUs = 0;
    return steps.map(({ bytes, key, stepUs }): RingPacket => ({ bytes, key, ptsUs: (ptsUs += stepUs) }));
  });

describe('PacketRing', () => {
  it('stays within its bounds, starts at a keyframe and loses no packet, whatever comes', () => {
    fc.assert(
      fc.property(streams, (packets) => {
        const disposed: RingPacket[] = [];
        const ring = new PacketRing<RingPacket>((packet) => disposed.push(packet), limits);
        packets.forEach((packet, index) => {
          ring.offer(packet);
          const held = ring.packets();
          expect(ring.bytes).toBe(held.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(ring.bytes).toBeLessThanOrEqual(limits.maxBytes);
          expect(ring.seconds).toBeLessThanOrEqual(limits.maxSeconds);
          if (held.length > 0) expect(held[0]?.key).toBe(true);
          expect(held.length + ring.evicted).toBe(index + 1);
          expect(disposed.length).toBe(ring.evicted);
        });
        ring.clear();
        expect(new Set(disposed)).toEqual(new Set(packets));
        expect(disposed.length).toBe(packets.length);
      }),
    );
  });

  it('keeps the newest GOPs and gives up whole ones', () => {
    const ring = new PacketRing<RingPacket>(() => undefined, limits);
    for (let index = 0; index < 12; index += 1)
      ring.offer({ bytes: 100, key: index % 4 === 0, ptsUs: index });
    expect(ring.packets().map(({ ptsUs }) => ptsUs)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    expect(ring.evicted).toBe(4);
  });

  it('takes nothing in before the first keyframe', () => {
    const ring = new PacketRing<RingPacket>(() => undefined, limits);
    ring.offer({ bytes: 10, key: false, ptsUs: 0 });
    ring.offer({ bytes: 10, key: true, ptsUs: 1 });
    expect(ring.packets().map(({ ptsUs }) => ptsUs)).toEqual([1]);
  });
});
