/** How a change of one camera reads as changes of the configuration. */
import type { CameraConfig } from './camera-config.js';
import type { CameraInput, CameraPatch } from './camera-input.js';
import { AppError } from '../errors.js';
import { redactUrl } from '../redact.js';
import type { ConfigChange } from '../config/settings.js';

/** A new camera, without what it leaves to the defaults: the file stays as short as what was sent. */
export function additionOf(id: string, { vad, live, transport, ...given }: CameraInput): ConfigChange {
  const value: Record<string, unknown> = { ...given };
  if (transport !== 'tcp') value['transport'] = transport;
  if (Object.keys(vad).length > 0) value['vad'] = vad;
  if (Object.keys(live).length > 0) value['live'] = live;
  return { path: ['cameras', id], value };
}

/**
 * A JSON merge patch (RFC 7396) as one change a setting, so that everything it does not name is left as the file has
 * it, variables included. A URL that comes back as it was `shown` is no change. Throws `camera.url_refused` for one
 * whose password is still hidden.
 */
export function changesOf(
  id: string,
  { url, ...patch }: CameraPatch,
  { stored, shown }: { stored: CameraConfig; shown: string },
): ConfigChange[] {
  const rest = changesWithin(['cameras', id], patch);
  if (url === undefined || url === shown || url === redactUrl(stored.url)) return rest;
  if (hidesPassword(url)) {
    const message = 'url: its user and password are hidden; write them out, or leave the URL as it is';
    throw new AppError('camera.url_refused', message, { field: 'url' });
  }
  return [{ path: ['cameras', id, 'url'], value: url }, ...rest];
}

/** Stars where {@link redactUrl} puts them. */
export function hidesPassword(url: string): boolean {
  return /:\/\/\*\*\*@|=\*\*\*(?:[&;#]|$)/.test(url);
}

function changesWithin(path: readonly string[], patch: object): ConfigChange[] {
  return Object.entries(patch).flatMap(([key, value]: [string, unknown]) => {
    const inner = [...path, key];
    if (value === null) return [{ path: inner, value: undefined }];
    if (typeof value !== 'object' || Array.isArray(value)) return [{ path: inner, value }];
    return changesWithin(inner, value);
  });
}
