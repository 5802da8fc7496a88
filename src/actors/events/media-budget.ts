import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { MS_PER_S } from '../../units.js';

/** All files of one event in a folder. */
export interface EventMedia {
  eventId: string;
  /** Absolute paths. */
  files: string[];
  /** Unix seconds, of the newest of them. */
  time: number;
  bytes: number;
}

export interface MediaBudget {
  maxBytes: number;
  /** Unix seconds: what is older leaves. */
  beforeTime: number;
}

/** Why an event lost its files. */
export type Removal = 'age' | 'space';

export interface MediaPlan {
  remove: { media: EventMedia; why: Removal }[];
  /** What stays. */
  bytes: number;
  /** What stays because somebody asked for it. */
  keptBytes: number;
}

/** What has to leave a folder, the oldest first; what is kept never does, but counts against the bytes. Pure. */
export function planMedia(
  media: readonly EventMedia[],
  { maxBytes, beforeTime }: MediaBudget,
  kept: ReadonlySet<string>,
): MediaPlan {
  const bytesOf = (some: readonly EventMedia[]): number => some.reduce((sum, { bytes }) => sum + bytes, 0);
  const keptBytes = bytesOf(media.filter(({ eventId }) => kept.has(eventId)));
  const newestFirst = media.filter(({ eventId }) => !kept.has(eventId)).sort((a, b) => b.time - a.time);
  const remove: MediaPlan['remove'] = [];
  let wanted = keptBytes;
  for (const one of newestFirst) {
    wanted += one.bytes;
    if (one.time < beforeTime) remove.push({ media: one, why: 'age' });
    else if (wanted > maxBytes) remove.push({ media: one, why: 'space' });
  }
  const leaving = bytesOf(remove.map(({ media: one }) => one));
  return { remove: remove.reverse(), bytes: bytesOf(media) - leaving, keptBytes };
}

/** What a folder holds, by the event that its file names begin with; only files that `isMedia`. */
export async function listMedia(dir: string, isMedia: (name: string) => boolean): Promise<EventMedia[]> {
  const events = new Map<string, EventMedia>();
  for (const name of await readdir(dir).catch(() => [])) {
    if (!isMedia(name)) continue;
    const file = path.join(dir, name);
    const found = await stat(file).catch(() => null);
    // What was a part when the folder was listed may have got its name since.
    if (found === null) continue;
    const eventId = name.split('.')[0] ?? name;
    const event = events.get(eventId) ?? { eventId, files: [], time: 0, bytes: 0 };
    event.files.push(file);
    event.time = Math.max(event.time, found.mtimeMs / MS_PER_S);
    event.bytes += found.size;
    events.set(eventId, event);
  }
  return [...events.values()];
}

export async function removeMedia({ files }: EventMedia): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}
