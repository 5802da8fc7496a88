import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamTime } from './stream-time.js';

const frameUs = 40_000;

function placeAll(time: StreamTime, stamps: readonly number[]): number[] {
  return stamps.map((at) => time.place({ ptsUs: at, dtsUs: at, durationUs: frameUs }).dtsUs);
}

describe('StreamTime', () => {
  it('starts at 0 and keeps the distances of the stream', () => {
    expect(placeAll(new StreamTime(frameUs), [5_000_000, 5_040_000, 5_200_000])).toEqual([
      0, 40_000, 200_000,
    ]);
  });

  it.each([
    ['back', -3_600_000_000],
    ['forward', 3_600_000_000],
  ])('goes on at one frame after the last when the timestamps jump an hour %s', (_name, jumpUs) => {
    const stamps = [0, 40_000, 80_000 + jumpUs, 120_000 + jumpUs];
    expect(placeAll(new StreamTime(frameUs), stamps)).toEqual([0, 40_000, 80_000, 120_000]);
  });

  it('goes on at one frame after the last when a file starts over', () => {
    const time = new StreamTime(frameUs);
    placeAll(time, [0, 40_000]);
    time.rewound();
    expect(placeAll(time, [0, 40_000])).toEqual([80_000, 120_000]);
  });

  it('keeps presentation times apart from decoding times, where frames are reordered', () => {
    const time = new StreamTime(frameUs);
    const placed = [
      { ptsUs: 80_000, dtsUs: 0 },
      { ptsUs: 200_000, dtsUs: 40_000 },
      { ptsUs: 120_000, dtsUs: 80_000 },
    ].map((times) => time.place({ ...times, durationUs: frameUs }).ptsUs);
    expect(placed).toEqual([80_000, 200_000, 120_000]);
  });

  it('keeps presentation times where only the first picture has no time, as FFmpeg gives over RTSP', () => {
    const time = new StreamTime(frameUs);
    const placed = [null, 120_000, 40_000, 80_000].map((ptsUs) =>
      time.place({ ptsUs, dtsUs: null, durationUs: 0 }),
    );
    expect(placed.map(({ ptsUs }) => ptsUs)).toEqual([null, 120_000, 40_000, 80_000]);
  });

  it('counts frames where the stream has no timestamps', () => {
    const time = new StreamTime(frameUs);
    const none = { ptsUs: null, dtsUs: null, durationUs: 0 };
    expect([none, none, none].map((times) => time.place(times).dtsUs)).toEqual([0, 40_000, 80_000]);
  });

  it('never goes back and never leaps, whatever the timestamps', () => {
    const stamp = fc.option(
      fc.oneof(fc.integer({ min: -1e12, max: 1e12 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ ptsUs: stamp, dtsUs: stamp, durationUs: fc.integer() })),
        (packets) => {
          const time = new StreamTime(frameUs);
          let last = 0;
          for (const packet of packets) {
            const { dtsUs, ptsUs } = time.place(packet);
            expect(dtsUs).toBeGreaterThanOrEqual(last);
            expect(dtsUs - last).toBeLessThanOrEqual(20_000_000);
            if (ptsUs !== null) expect(Math.abs(ptsUs - dtsUs)).toBeLessThanOrEqual(2_000_000);
            last = dtsUs;
          }
        },
      ),
    );
  });
});
