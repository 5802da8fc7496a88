import type { DecodedFrame } from '../../src/workers/decode/decoder.js';

/** Makes frames without pictures, and counts the references to them that are out beside the first. */
export class FakeFrames {
  held = 0;

  /** Its red is the tenth of a second of its time; its JPEG the same as four bytes. */
  at(ptsUs: number, { width = 64, height = 48 } = {}): DecodedFrame {
    const shade = Math.round(ptsUs / 100_000);
    const another = (size?: { width: number; height: number }): DecodedFrame => {
      this.held += 1;
      return this.at(ptsUs, { width, height, ...size });
    };
    return {
      ptsUs,
      width,
      height,
      toGray: () => undefined,
      toJpeg: () => ({ buffer: Uint32Array.of(shade).buffer, width, height }),
      toRgb: () => ({
        width,
        height,
        pixels: Uint8Array.from({ length: width * height * 3 }, (_value, i) => (i % 3 === 0 ? shade : 0)),
      }),
      shrunk: (maxWidth) => another({ width: maxWidth, height: (maxWidth * height) / width }),
      keep: () => another(),
      free: () => {
        this.held -= 1;
      },
    };
  }
}
