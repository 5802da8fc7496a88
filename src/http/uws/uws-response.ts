import { STATUS_CODES } from 'node:http';
import type { HttpResponse } from 'uWebSockets.js';
import type { Client } from './uws-request.js';
import { wholeBody } from '../whole-reply.js';

export interface ReplyOptions {
  /** The client is gone: nothing is written any more. */
  client: Client;
  /** The request was HEAD: its reply tells the length, but has no body. */
  headOnly: boolean;
  /** Ends the connection after the reply, when the rest of a request is not wanted. */
  closeConnection: boolean;
}

/** uWS writes these itself, as the body turns out. */
const framingHeaders = new Set(['content-length', 'transfer-encoding', 'connection']);
const bodilessStatus = new Set([204, 304]);

/**
 * Writes a reply. A body that is complete within one turn of the event loop goes out whole, with its length; any
 * other is streamed as fast as the client reads. Rejects when the body fails.
 */
export async function writeReply(res: HttpResponse, reply: Response, options: ReplyOptions): Promise<void> {
  const { client, headOnly, closeConnection } = options;
  const isGone = (): boolean => client.isGone;
  const whole = wholeBody(reply);
  if (isGone() || headOnly || (whole === undefined && reply.body === null)) {
    if (whole === undefined) await reply.body?.cancel();
    if (!isGone()) endWithoutBody(res, reply, options);
    return;
  }
  if (whole !== undefined) {
    res.cork(() => {
      writeHead(res, reply);
      res.end(whole, closeConnection);
    });
    return;
  }
  const { signal } = client;
  const reader = (reply.body as ReadableStream<Uint8Array>).getReader();
  const stopReading = (): void => {
    reader.cancel().catch(() => undefined);
  };
  signal.addEventListener('abort', stopReading, { once: true });
  try {
    const first = await reader.read();
    const following = reader.read();
    following.catch(() => undefined); // Awaited below, but perhaps only after it failed.
    const isWhole = first.done || (await Promise.race([following, nextTurn()]))?.done === true;
    if (isGone()) return;
    res.cork(() => {
      writeHead(res, reply);
      if (isWhole) res.end(first.value, closeConnection);
    });
    if (isWhole) return;
    await writeChunk(res, first.value, signal);
    for (let next = await following; !next.done; next = await reader.read()) {
      await writeChunk(res, next.value, signal);
    }
    if (isGone()) return;
    res.cork(() => {
      res.end(undefined, closeConnection);
    });
  } finally {
    signal.removeEventListener('abort', stopReading);
  }
}

function endWithoutBody(
  res: HttpResponse,
  reply: Response,
  { headOnly, closeConnection }: ReplyOptions,
): void {
  const length = reply.headers.get('content-length');
  res.cork(() => {
    writeHead(res, reply);
    if (headOnly && length !== null) res.endWithoutBody(Number(length), closeConnection);
    else if (!headOnly && !bodilessStatus.has(reply.status)) res.end(undefined, closeConnection);
    else if (closeConnection) res.endWithoutBody(0, true);
    // For a length that is given as undefined, uWS tells 2^63.
    else res.endWithoutBody();
  });
}

function writeHead(res: HttpResponse, reply: Response): void {
  res.writeStatus(`${reply.status} ${STATUS_CODES[reply.status] ?? 'Status'}`);
  reply.headers.forEach((value, key) => {
    if (!framingHeaders.has(key)) res.writeHeader(key, value);
  });
}

/** Resolves when the client keeps up again, or is gone. */
async function writeChunk(res: HttpResponse, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let taken = true as boolean;
  res.cork(() => {
    taken = res.write(chunk);
  });
  if (!taken) await writable(res, signal);
}

/** Resolves when the client has taken what was held back, or is gone. */
function writable(res: HttpResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
    res.onWritable(() => {
      // Resolving right here would not run what waits: uWS calls back without draining microtasks.
      setImmediate(resolve);
      return true;
    });
  });
}

function nextTurn(): Promise<null> {
  return new Promise((resolve) => {
    setImmediate(resolve, null);
  });
}
