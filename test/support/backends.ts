/** The decoder backends, for suites that run over both. */
import { decodeSchema, type DecodeSettings } from '../../src/camera/decode-config.js';
import { hasFfmpeg } from './ffmpeg.js';

export interface Backend {
  backend: DecodeSettings['backend'];
  decode: DecodeSettings;
  /** Without it the suite is skipped by its name. */
  isHere: boolean;
}

export const backends: readonly Backend[] = [
  { backend: 'av', decode: decodeSchema.parse({ backend: 'av' }), isHere: true },
  { backend: 'ffmpeg', decode: decodeSchema.parse({ backend: 'ffmpeg' }), isHere: hasFfmpeg },
];
