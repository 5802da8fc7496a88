/** One request for a file or the rest of it, and what the reply means; RFC 9110, sections 13 to 15. */
import { AppError } from '../errors.js';
import { redactUrl } from '../redact.js';

/** The server or the way to it is to blame, and may do better next time. */
export class TransientError extends Error {}

export type FileReply =
  /** The file from its beginning. */
  | { type: 'whole'; body: Body; totalBytes: number | null; etag: string | null }
  /** The rest of it, from where it was asked for. */
  | { type: 'rest'; body: Body; totalBytes: number }
  /** There is no more than what is there already. */
  | { type: 'complete' }
  /** What is there is not the beginning of the file. */
  | { type: 'mismatch' };

type Body = AsyncIterable<Uint8Array>;

const MAX_REDIRECTS = 5;
const redirects = [301, 302, 303, 307, 308];
const transientStatuses = [408, 425, 429, 500, 502, 503, 504];

/**
 * Asks for the file at `url`, from byte `from` on if its version is still `etag` (null: any). Throws
 * `model.download_failed` when there is no use in trying again, and `TransientError` when there is.
 */
export async function requestFile(
  url: string,
  { from, etag, signal }: { from: number; etag: string | null; signal: AbortSignal },
): Promise<FileReply> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers['range'] = `bytes=${from}-`;
  if (from > 0 && etag !== null) headers['if-range'] = etag;
  const reply = await follow(url, { headers, signal });
  if (reply.status === 206) return restOf(reply, from);
  if (reply.status === 200 && reply.body !== null) return wholeOf(reply, reply.body);
  await reply.body?.cancel();
  if (reply.status === 416)
    return contentRange(reply).total === from ? { type: 'complete' } : { type: 'mismatch' };
  throw refusal(url, reply);
}

/** The chunks of a body; a connection that breaks is a `TransientError`. */
export async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw new TransientError(`the connection broke: ${reasonOf(error)}`, { cause: error });
      });
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // The server is told when the rest is not wanted.
    if (!isOver) await chunks.return?.().catch(() => undefined);
  }
}

/** Throws `config.invalid` unless nobody on the way can read or change what comes from `url`. */
export function checkModelUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && isSafe(parsed, isLoopback(parsed))) return;
  const message = `${redactUrl(url)}: models come over https://, or http:// from this machine`;
  throw new AppError('config.invalid', message);
}

async function follow(url: string, request: RequestInit): Promise<Response> {
  const first = new URL(url);
  let at = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const reply = await fetch(at, { ...request, redirect: 'manual' }).catch((error: unknown) => {
      throw new TransientError(reasonOf(error), { cause: error });
    });
    const location = redirects.includes(reply.status) ? reply.headers.get('location') : null;
    if (location === null) return reply;
    await reply.body?.cancel();
    if (!URL.canParse(location, at.href))
      throw failed(`${redactUrl(url)} sends on to an address that is none`);
    at = new URL(location, at);
    if (!isSafe(at, isLoopback(first)))
      throw failed(`${redactUrl(url)} sends on to ${at.protocol}//${at.host}, which is not https`);
  }
  throw failed(`${redactUrl(url)} sends on more than ${MAX_REDIRECTS} times`);
}

function restOf(reply: Response, from: number): FileReply {
  const { start, total } = contentRange(reply);
  if (start !== from || total === null || reply.body === null) return { type: 'mismatch' };
  return { type: 'rest', body: reply.body, totalBytes: total };
}

function wholeOf(reply: Response, body: ReadableStream<Uint8Array>): FileReply {
  const length = reply.headers.get('content-length');
  const etag = reply.headers.get('etag');
  return {
    type: 'whole',
    body,
    totalBytes: length === null ? null : Number(length),
    // A weak one says that a file is as good, not that it is the same.
    etag: etag?.startsWith('"') === true ? etag : null,
  };
}

// As in "bytes 5-9/10"; an asterisk in place of the numbers when there is no such range.
function contentRange(reply: Response): { start: number | null; total: number | null } {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(reply.headers.get('content-range') ?? '');
  return {
    start: found?.[1] === undefined ? null : Number(found[1]),
    total: found?.[2] === undefined ? null : Number(found[2]),
  };
}

function refusal(url: string, { status }: Response): Error {
  const where = redactUrl(url);
  if (transientStatuses.includes(status)) return new TransientError(`it answers ${status}`);
  if (status === 404 || status === 410) return failed(`there is no ${where} (${status}); check the address`);
  if (status === 401 || status === 403) return failed(`${where} is not for everyone (${status})`);
  return failed(`${where} answers ${status}`);
}

function isSafe(url: URL, mayBeLoopback: boolean): boolean {
  return url.protocol === 'https:' || (mayBeLoopback && url.protocol === 'http:' && isLoopback(url));
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function failed(message: string): AppError {
  return new AppError('model.download_failed', message);
}

/** What lies beneath fetch's own "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}
