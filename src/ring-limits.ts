import { BYTES_PER_MIB } from './units.js';

export interface RingLimits {
  maxBytes: number;
  maxSeconds: number;
}

/** What a camera keeps of its stream, encoded, so that a clip can begin before its event. */
export const ringLimits: RingLimits = { maxBytes: 8 * BYTES_PER_MIB, maxSeconds: 30 };
