import type { DecodeSettings } from '../../camera/decode-config.js';
import { AppError } from '../../errors.js';
import { redactUrl } from '../../redact.js';
import type { FfmpegChild } from './ffmpeg-child.js';
import { hardwareWarning } from './hardware-warning.js';

type Ended = Pick<FfmpegChild, 'errors' | 'exit'>;

/** A child ended before it knew the stream. */
export function openFailed(child: Ended, url: string): AppError {
  const { reason, text } = child.errors;
  const shown = redactUrl(url);
  if (text.includes('401 Unauthorized')) {
    const message = `${shown} refuses the user or password: ${reason}`;
    return new AppError('camera.unauthorized', message, { reason });
  }
  const why = reason === '' ? `ffmpeg ended (${child.exit ?? ''}) without a word` : reason;
  return new AppError('camera.open_failed', `cannot open ${shown}: ${why}`, { reason: why, log: text });
}

/** A child ended while it was decoding what has no end. */
export function streamEnded(child: Ended, url: string): AppError {
  const { text } = child.errors;
  const said = text === '' ? '' : `: ${text}`;
  const message = `${redactUrl(url)} broke off, ffmpeg ended (${child.exit ?? ''})${said}`;
  return new AppError('camera.stream_ended', message, { exit: child.exit ?? '', log: text });
}

/** Why a child that ended without a picture is to be followed by one that decodes on the CPU; null if it is not. */
export function hardwareFailed({ errors }: Ended, { hardware }: DecodeSettings): string | null {
  if (hardware === 'none' || !/device|hwaccel/i.test(errors.text)) return null;
  return hardwareWarning(hardware, errors.reason);
}
