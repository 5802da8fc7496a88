import { open, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from '@hono/zod-openapi';
import { AppError } from '../../errors.js';
import type { EventExport, ExportFormat } from '../../store-api.js';
import { apiRoute, apiRoutes } from '../api-route.js';
import { filterParameters, filtersOf } from './event-filters.js';
import type { EventReader } from '../services.js';

/** A client that has not read its export by then loses it: the next one waits for the disk space. */
const SENDING_MAX_MS = 600_000;

const query = z.strictObject(filterParameters);
const contentTypes = { csv: 'text/csv', parquet: 'application/vnd.apache.parquet' } as const;

const csv = apiRoute('viewer', {
  method: 'get',
  path: '/export.csv',
  summary: 'Events as CSV (RFC 4180), in the order in which they last changed',
  description: 'Text that a spreadsheet would take for a formula begins with an apostrophe.',
  request: { query },
  responses: { 200: fileContent('csv') },
});

const parquet = apiRoute('viewer', {
  method: 'get',
  path: '/export.parquet',
  summary: 'Events as Parquet, in the order in which they last changed',
  request: { query },
  responses: { 200: fileContent('parquet') },
});

/** `/api/events/export.*`: events as files, one at a time. */
export function eventExportRoutes(events: Pick<EventReader, 'exportEvents'>) {
  const send = oneAtATime();
  return apiRoutes()
    .openapi(csv, (context) => {
      const filters = filtersOf(context.req.valid('query'), context.get('caller'));
      return send('csv', () => events.exportEvents(filters, 'csv'));
    })
    .openapi(parquet, (context) => {
      const filters = filtersOf(context.req.valid('query'), context.get('caller'));
      return send('parquet', () => events.exportEvents(filters, 'parquet'));
    });
}

/** Until the last byte is sent, or the client is gone, the next one is refused: each takes disk space. */
function oneAtATime(): (format: ExportFormat, make: () => Promise<EventExport>) => Promise<Response> {
  let busy = false;
  return async (format, make) => {
    if (busy)
      throw new AppError('store.overloaded', 'another export is under way; ask again when it is done');
    busy = true;
    const free = (): void => {
      busy = false;
    };
    try {
      return await fileReply(await make(), format, free);
    } catch (error) {
      free();
      throw error;
    }
  };
}

/** The file's name goes at once; its bytes when the reply is sent or given up. */
async function fileReply(
  { file, bytes }: EventExport,
  format: ExportFormat,
  onEnd: () => void,
): Promise<Response> {
  const handle = await open(file);
  await unlink(file);
  const stream = handle.createReadStream({ highWaterMark: 256 * 1024 });
  const tooSlow = setTimeout(() => stream.destroy(new Error('the client reads too slowly')), SENDING_MAX_MS);
  stream.once('close', () => {
    clearTimeout(tooSlow);
    onEnd();
  });
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': contentTypes[format],
      'content-length': String(bytes),
      'content-disposition': `attachment; filename="events.${format}"`,
      'cache-control': 'no-store',
    },
  });
}

function fileContent(format: ExportFormat) {
  const schema = z.string().meta(format === 'csv' ? {} : { format: 'binary' });
  return { description: 'The file', content: { [contentTypes[format]]: { schema } } };
}
