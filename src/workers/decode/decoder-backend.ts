import type { DecodeSettings } from '../../camera/decode-config.js';
import type { Clock } from '../../clock.js';
import type { Decoder } from './decoder.js';

/** A decoder of the backend that is configured. That of the other one is never loaded: its licence may forbid it. */
export async function newDecoder(settings: DecodeSettings, clock: Clock): Promise<Decoder> {
  if (settings.backend === 'ffmpeg') {
    const { FfmpegDecoder } = await import('./ffmpeg-decoder.js');
    return new FfmpegDecoder({ settings, clock });
  }
  const { AvDecoder } = await import('./av-decoder.js');
  return new AvDecoder(settings.hardware);
}
