import { AVERROR_HTTP_UNAUTHORIZED } from 'node-av/constants';
import { FFmpegError } from 'node-av/lib';
import { AppError, type ErrorCode } from '../../errors.js';

/** An AppError for an FFmpeg status; `what` says what failed and must hold no credentials. */
export function avError(code: ErrorCode, what: string, status: number): AppError {
  const reason = FFmpegError.strerror(status);
  return new AppError(code, `${what}: ${reason}`, { reason, status });
}

/** The error of a stream that cannot be opened. */
export function openError(shownUrl: string, status: number): AppError {
  if (status === AVERROR_HTTP_UNAUTHORIZED) {
    return avError('camera.unauthorized', `${shownUrl} refuses the user or password`, status);
  }
  return avError('camera.open_failed', `cannot open ${shownUrl}`, status);
}

/** For calls that fail only when memory runs out or an argument is wrong. Throws an FFmpegError, a bug. */
export function mustSucceed(status: number, operation: string): void {
  FFmpegError.throwIfError(status, operation);
}
