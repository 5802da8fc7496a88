import { describe, expect, it } from 'vitest';
import { parameterSets } from './parameter-sets.js';

const unit = (head: number[], text: string): Buffer =>
  Buffer.from([0, 0, 0, 1, ...head, ...Buffer.from(text)]);

describe('the parameter sets of a picture', () => {
  it('are those of H.264, without start codes and slices', () => {
    const picture = Buffer.concat([
      unit([0x09], 'aud'),
      unit([0x67], 'sps'),
      unit([0x68], 'pps'),
      unit([0x65], 'slice'),
    ]);
    expect(parameterSets(picture, 'h264').toString('latin1')).toBe('\x67sps\x68pps');
  });

  it('are those of H.265', () => {
    const picture = Buffer.concat([
      unit([0x40, 1], 'vps'),
      unit([0x42, 1], 'sps'),
      unit([0x44, 1], 'pps'),
      unit([0x26, 1], 'slice'),
    ]);
    expect(parameterSets(picture, 'hevc').toString('latin1')).toBe('\x40\x01vps\x42\x01sps\x44\x01pps');
  });

  it('are none of a picture that has none, or of another codec', () => {
    expect(parameterSets(unit([0x65], 'slice'), 'h264')).toHaveLength(0);
    expect(parameterSets(unit([0x67], 'sps'), 'vp9')).toHaveLength(0);
  });
});
