import type { HardwareDecoding } from '../../camera/decode-config.js';

/** Says that a stream is decoded on the CPU after all. */
export function hardwareWarning(hardware: HardwareDecoding, reason: string): string {
  return (
    `decode.hardware is ${hardware}, which does not work here (${reason}); ` +
    'the stream is decoded on the CPU. Install the driver, or set decode.hardware to none'
  );
}
