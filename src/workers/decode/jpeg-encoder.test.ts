import { describe, expect, it } from 'vitest';
import { forwardDct, DCT_SCALE } from './jpeg-dct.js';
import { encodeJpeg } from './jpeg-encoder.js';

/** Noise or one level, the same each time. */
function picture(width: number, height: number, level?: number) {
  let state = 1;
  const plane = (w: number, h: number) => {
    const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24;
    return { pixels: Uint8Array.from({ length: w * h }, () => level ?? next()), stride: w };
  };
  const chroma = () => plane(width / 2, height / 2);
  return { width, height, y: plane(width, height), u: chroma(), v: chroma() };
}

describe('a JPEG', () => {
  it('begins after what was left free, tells its size and ends as it should', () => {
    const file = Buffer.from(encodeJpeg(picture(34, 18), 75, 24));
    expect(file.subarray(0, 24)).toEqual(Buffer.alloc(24));
    expect(file.readUInt16BE(24)).toBe(0xffd8);
    const frame = file.indexOf(Buffer.from([0xff, 0xc0]));
    expect([file.readUInt16BE(frame + 7), file.readUInt16BE(frame + 5)]).toEqual([34, 18]);
    expect(file.readUInt16BE(file.length - 2)).toBe(0xffd9);
  });

  it('hides every byte of ones in its data from those who look for markers', () => {
    const file = Buffer.from(encodeJpeg(picture(64, 64), 95, 0));
    const data = file.subarray(file.indexOf(Buffer.from([0xff, 0xda])) + 14, -2);
    const marked = [...data].some((byte, i) => byte === 0xff && i + 1 < data.length && data[i + 1] !== 0);
    expect(data.includes(0xff)).toBe(true);
    expect(marked).toBe(false);
  });

  it('is larger the better it is, and small when there is nothing to see', () => {
    const bytes = (quality: number): number => encodeJpeg(picture(64, 64), quality, 0).byteLength;
    expect(bytes(20)).toBeLessThan(bytes(75));
    expect(bytes(75)).toBeLessThan(bytes(100));
    expect(encodeJpeg(picture(64, 64, 100), 75, 0).byteLength).toBeLessThan(800);
  });

  it('grows its memory for noise of the best quality', () => {
    expect(encodeJpeg(picture(256, 256), 100, 0).byteLength).toBeGreaterThan(256 * 256);
  });
});

describe('the cosine transform', () => {
  it('is that of the definition', () => {
    const values = Float32Array.from({ length: 64 }, (_, i) => ((i * 37) % 101) - 50);
    const original = values.slice();
    forwardDct(values);
    const c = (k: number): number => (k === 0 ? Math.SQRT1_2 : 1);
    for (let v = 0; v < 8; v += 1) {
      for (let u = 0; u < 8; u += 1) {
        let sum = 0;
        original.forEach((value, i) => {
          const across = Math.cos(((2 * (i % 8) + 1) * u * Math.PI) / 16);
          sum += value * across * Math.cos(((2 * Math.floor(i / 8) + 1) * v * Math.PI) / 16);
        });
        const at = v * 8 + u;
        expect((values[at] ?? 0) * (DCT_SCALE[at] ?? 0)).toBeCloseTo((c(u) * c(v) * sum) / 4, 2);
      }
    }
  });
});
