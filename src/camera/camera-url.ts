import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors.js';
import { redactUrl } from '../redact.js';

/** Whether a camera's URL names a live stream; otherwise it is a file, which ends. */
export function isNetworkUrl(url: string): boolean {
  return /^rtsps?:\/\//i.test(url);
}

/** What tells a stream from another: its URL without user and password, which may change. */
export function streamIdentity(url: string): string {
  return redactUrl(url).replace('://***@', '://');
}

export interface FileRules {
  /** Folder that a relative path starts from. */
  base: string;
  /** Files must lie in here, links resolved; null allows any (a path typed by whoever started the process). */
  mediaDir: string | null;
}

/**
 * The URL to open: `rtsp://` and `rtsps://` as they are, a file as its absolute real path. Throws
 * `camera.url_refused` for other schemes and for files outside the media folder or that are no regular files.
 */
export function checkCameraUrl(url: string, rules: FileRules): string {
  if (isNetworkUrl(url)) return checkRtspUrl(url);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url))
    throw refused(url, 'only rtsp://, rtsps:// and file paths are opened');
  return checkFile(path.resolve(rules.base, url), rules.mediaDir);
}

function checkRtspUrl(url: string): string {
  if (URL.canParse(url) && new URL(url).hostname !== '') return url;
  throw refused(url, 'it is not a URL; write rtsp://HOST[:PORT]/PATH');
}

function checkFile(file: string, mediaDir: string | null): string {
  let real: string;
  try {
    real = realpathSync(file);
  } catch (error) {
    throw refused(file, 'there is no such file', error);
  }
  if (!statSync(real).isFile()) throw refused(file, 'it is not a regular file');
  if (mediaDir !== null && !isInside(real, mediaDir)) {
    throw refused(file, `it lies outside media_dir (${mediaDir}); move it there or name it with --camera`);
  }
  return real;
}

function isInside(file: string, folder: string): boolean {
  try {
    return file.startsWith(realpathSync(folder) + path.sep);
  } catch {
    return false;
  }
}

function refused(url: string, why: string, cause?: unknown): AppError {
  return new AppError('camera.url_refused', `${redactUrl(url)} is not opened: ${why}`, {}, cause);
}
