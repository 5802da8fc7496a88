import { describe, expect, it } from 'vitest';
import { PacketTime } from './packet-time.js';

const packet = (dts: number | null, pts = dts) => ({ bytes: Buffer.alloc(188), key: false, pts, dts });

describe('the time of a copied packet', () => {
  it('is that of the pictures, to which it is tied', () => {
    const time = new PacketTime();
    time.frameAt(1_000_000, 250_000);
    expect(time.place(packet(90_000, 93_600))).toMatchObject({ ptsUs: 250_000, shownUs: 290_000 });
  });

  it('begins before the first picture where pictures are decoded out of order', () => {
    const time = new PacketTime();
    time.frameAt(0, 0);
    expect(time.place(packet(2 ** 33 - 7_200, 0))).toMatchObject({ ptsUs: -80_000, shownUs: 0 });
  });

  it('goes on when the ticks of the transport stream start over', () => {
    const time = new PacketTime();
    const turnUs = (2 ** 33 / 90_000) * 1e6;
    time.frameAt(turnUs - 10_000, turnUs - 10_000);
    expect(time.place(packet(3_600)).ptsUs).toBeCloseTo(turnUs + 40_000, 0);
  });

  it('never goes back, and stands still where the stream tells none', () => {
    const time = new PacketTime();
    time.frameAt(0, 0);
    expect([9_000, 4_500, null].map((dts) => time.place(packet(dts)).ptsUs)).toEqual([
      100_000, 100_000, 100_000,
    ]);
  });
});
