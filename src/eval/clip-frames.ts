import { AvDecoder } from '../workers/decode/av-decoder.js';
import type { DecodedFrame } from '../workers/decode/decoder.js';

export interface ClipFrame {
  /** Stream time from the clip's first frame on, in microseconds. */
  atUs: number;
  picture: DecodedFrame;
}

/**
 * Every frame of a file, in order; each picture belongs to the decoder until the next is asked for. What cannot be read is
 * skipped, as on a camera. Throws `camera.open_failed` or `camera.frame_rejected`.
 */
export function* framesOf(file: string): Generator<ClipFrame, void> {
  const decoder = new AvDecoder();
  let firstUs: number | null = null;
  try {
    decoder.open({ url: file, transport: 'tcp', loop: false });
    for (;;) {
      const step = decoder.next();
      if (step.type === 'end') return;
      if (step.type === 'packet') step.packet.free();
      if (step.type === 'frame') {
        firstUs ??= step.frame.ptsUs;
        yield { atUs: step.frame.ptsUs - firstUs, picture: step.frame };
      }
    }
  } finally {
    decoder.close();
  }
}
