import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameAssembler } from './frame-assembler.js';
import { bytesPool, yuvBytes } from './yuv-frame.js';

const sizes = [
  { width: 4, height: 2 },
  { width: 3, height: 3 },
  { width: 2, height: 2 },
];
const pictures = sizes.map((size, i) => Buffer.alloc(yuvBytes(size), i + 1));
const bytes = Buffer.concat(pictures);

describe('pictures from a pipe', () => {
  it('are whole and in order, however their bytes are cut and whenever their sizes come', () => {
    const cutsOf = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 });
    fc.assert(
      fc.property(cutsOf, fc.array(fc.nat({ max: 8 }), { minLength: 3, maxLength: 3 }), (cuts, headsAt) => {
        const assembler = new FrameAssembler(bytesPool(0));
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const turns = headsAt.toSorted((a, b) => a - b);
        let told = 0;
        const tell = (turn: number): void => {
          for (; told < 3 && (turns[told] ?? 0) <= turn; told += 1) {
            assembler.head({ ptsUs: told, ...(sizes[told] ?? { width: 0, height: 0 }) });
          }
        };
        at.slice(1).forEach((end, i) => {
          tell(i);
          assembler.push(bytes.subarray(at[i], end));
        });
        tell(Infinity);
        const taken = sizes.map(() => assembler.take());
        expect(taken.map((frame) => frame?.ptsUs)).toEqual([0, 1, 2]);
        expect(taken.map((frame) => Buffer.from(frame?.pixels.bytes ?? []))).toEqual(pictures);
        expect(assembler.take()).toBeUndefined();
      }),
    );
  });

  it('are not read on while two wait, or while nothing is known of the next', () => {
    const assembler = new FrameAssembler(bytesPool(0));
    const [first = { width: 0, height: 0 }] = sizes;
    assembler.push(pictures[0] ?? Buffer.alloc(0));
    expect(assembler.isFull).toBe(true);
    assembler.head({ ptsUs: 0, ...first });
    expect(assembler.isFull).toBe(false);
    assembler.head({ ptsUs: 1, ...first });
    assembler.push(pictures[0] ?? Buffer.alloc(0));
    expect(assembler.isFull).toBe(true);
    assembler.take();
    expect(assembler.isFull).toBe(false);
  });

  it('that are too large are rejected before a buffer is made for them', () => {
    const assembler = new FrameAssembler(bytesPool(0));
    expect(() => {
      assembler.head({ ptsUs: 0, width: 16_384, height: 16 });
    }).toThrow(expect.objectContaining({ code: 'camera.frame_rejected' }));
  });
});
