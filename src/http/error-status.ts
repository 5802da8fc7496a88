import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { errorCodes, type AppError, type ErrorCode, type ErrorKind } from '../errors.js';
import { wholeReply } from './whole-reply.js';

const statusOfKind = {
  invalid: 400,
  not_found: 404,
  unavailable: 503,
  overloaded: 429,
  timeout: 504,
  bug: 500,
} as const satisfies Record<ErrorKind, number>;

/** Where HTTP has a more telling status than that of the kind. */
const statusOfCode: Partial<Record<ErrorCode, number>> = {
  'request.unauthorized': 401,
  'request.forbidden': 403,
  'request.method_not_allowed': 405,
  'request.not_json': 415,
  'request.too_large': 413,
  'request.key_reused': 422,
  'config.read_only': 409,
  'alert.channel_off': 409,
  'camera.exists': 409,
  'calibration.under_way': 409,
  'clip.range_invalid': 416,
};

/** Seconds after which an overloaded part is worth asking again. */
const RETRY_AFTER_S = 1;

export const problemSchema = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(errorCodes),
    field: z.string().optional().describe('what in the body is wrong, as `url` or `zones.door.points`'),
  })
  .meta({ id: 'Problem' });

/** An error as `application/problem+json` (RFC 9457). A bug shows no detail: its message is for the log. */
export function problem(error: AppError, headers: Readonly<Record<string, string>> = {}): Response {
  const code = statusOfCode[error.code] ?? statusOfKind[error.kind];
  const body: z.infer<typeof problemSchema> = {
    type: 'about:blank',
    title: STATUS_CODES[code] ?? 'Error',
    status: code,
    detail: error.kind === 'bug' ? 'internal error; the log has the details' : error.message,
    code: error.code,
    ...(typeof error.data['field'] === 'string' && { field: error.data['field'] }),
  };
  const reply = wholeReply(JSON.stringify(body), { status: code, headers });
  reply.headers.set('content-type', 'application/problem+json');
  if (error.kind === 'overloaded' && !reply.headers.has('retry-after'))
    reply.headers.set('retry-after', String(RETRY_AFTER_S));
  return reply;
}
