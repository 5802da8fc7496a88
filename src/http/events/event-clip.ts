import { open, type FileHandle } from 'node:fs/promises';
import { z } from '@hono/zod-openapi';
import type { ClipFile } from '../../actors/events/clips.js';
import { AppError } from '../../errors.js';
import type { AnomalyEvent } from '../../event.js';
import { MS_PER_S } from '../../units.js';
import { apiRoute, apiRoutes } from '../api-route.js';
import { byteRange, type ByteRange } from './byte-range.js';
import { problem } from '../error-status.js';
import type { ClipReader, EventReader } from '../services.js';
import { eventParams, visibleEvent } from './visible-event.js';

/** What is read of a clip at a time, so that a slow client holds no more of it in memory. */
const CHUNK_BYTES = 64 * 1_024;
/** A clip never changes, but it may be removed. */
const CACHE_CONTROL = 'private, max-age=3600';

const mp4 = { 'video/mp4': { schema: z.string().meta({ format: 'binary' }) } };

const clip = apiRoute('viewer', {
  method: 'get',
  path: '/{id}/clip.mp4',
  summary: 'The clip of an event, as its camera coded it: H.264 or H.265',
  request: {
    params: eventParams,
    query: z.object({
      download: z.enum(['0', '1']).optional().describe('1: to be saved as a file, with a telling name'),
    }),
    headers: z.object({ range: z.string().optional().describe('one range of bytes; of several, the whole') }),
  },
  responses: {
    200: { description: 'The whole clip', content: mp4 },
    206: { description: 'The part that Range asks for', content: mp4 },
    304: { description: 'The client has it already' },
  },
});

/** `/api/events/{id}/clip.mp4`, in parts where a player asks for them. */
export function eventClipRoutes(clips: ClipReader, events: Pick<EventReader, 'event'>) {
  return apiRoutes().openapi(clip, async (context) => {
    const { req } = context;
    const event = await visibleEvent(events, req.valid('param').id, context.get('caller'));
    const file = await clips.find(event.id);
    if (file === null) throw noClip(event);
    const headers = headersOf(file);
    if (req.valid('query').download === '1')
      headers.set('content-disposition', `attachment; filename="${nameOf(event)}"`);
    if (req.header('if-none-match') === headers.get('etag'))
      return new Response(null, { status: 304, headers });
    const range = isStillGood(req.header('if-range'), headers)
      ? byteRange(req.valid('header').range, file.bytes)
      : null;
    if (range === 'none') return unsatisfiable(event, file);
    const body = req.method === 'HEAD' ? null : await openClip(event, file);
    return reply(file, range, headers, body);
  });
}

function reply(
  { bytes }: ClipFile,
  range: ByteRange | null,
  headers: Headers,
  opened: FileHandle | null,
): Response {
  const { first, last } = range ?? { first: 0, last: bytes - 1 };
  headers.set('content-length', String(last + 1 - first));
  if (range !== null) headers.set('content-range', `bytes ${first}-${last}/${bytes}`);
  const body = opened && contentOf(opened, { first, last });
  return new Response(body, { status: range === null ? 200 : 206, headers });
}

/** Reads as fast as the client does; closes the file at the end, and when the client leaves. */
function contentOf(file: FileHandle, { first, last }: ByteRange): ReadableStream<Uint8Array> {
  let at = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = new Uint8Array(Math.min(CHUNK_BYTES, last + 1 - at));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, at).catch(async (thrown: unknown) => {
          await file.close();
          throw thrown;
        });
        at += bytesRead;
        if (bytesRead > 0) controller.enqueue(chunk.subarray(0, bytesRead));
        if (bytesRead > 0 && at <= last) return;
        await file.close();
        controller.close();
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
}

async function openClip(event: AnomalyEvent, { path }: ClipFile): Promise<FileHandle> {
  try {
    return await open(path);
  } catch {
    // It was removed since it was found.
    throw noClip(event);
  }
}

function headersOf({ bytes, modifiedMs }: ClipFile): Headers {
  return new Headers({
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    'cache-control': CACHE_CONTROL,
    etag: `"${bytes.toString(36)}-${Math.round(modifiedMs).toString(36)}"`,
    'last-modified': new Date(modifiedMs).toUTCString(),
  });
}

/** Whether the part that a client has is of the clip that is there (RFC 9110, 13.1.5). */
function isStillGood(ifRange: string | undefined, headers: Headers): boolean {
  return ifRange === undefined || ifRange === headers.get('etag') || ifRange === headers.get('last-modified');
}

function unsatisfiable({ id }: AnomalyEvent, { bytes }: ClipFile): Response {
  const error = new AppError(
    'clip.range_invalid',
    `the clip of event ${id} has ${bytes} bytes; ask for fewer`,
  );
  return problem(error, { 'content-range': `bytes */${bytes}` });
}

function noClip({ id, state, data }: AnomalyEvent): AppError {
  // The event names the codec of the clip that it had.
  const wasRemoved = data['clip_codec'] !== undefined;
  const why = wasRemoved
    ? 'was removed, for space or age; mark events to keep, or raise clips.max_mb or clips.retention_days'
    : state === 'new'
      ? 'is not there, or not yet: it comes some seconds after the end of the event'
      : 'was never made: clips are made of cameras that send H.264 or H.265, while clips.enabled is set';
  return new AppError('clip.not_found', `the clip of event ${id} ${why}`, { event: id, removed: wasRemoved });
}

/** Camera ids hold nothing that a file name must not. */
function nameOf({ camera, start_time: startTime }: AnomalyEvent): string {
  const time = new Date(startTime * MS_PER_S).toISOString().slice(0, 19).replaceAll(':', '-');
  return `${camera}-${time}.mp4`;
}
