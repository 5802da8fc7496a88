import ipaddr from 'ipaddr.js';
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { AppError } from '../errors.js';

/** What may stand in a Host header; anything else could turn a path into part of the authority. */
const hostPattern = /^[A-Za-z0-9._\-[\]:]+$/;
const bodilessMethods = new Set(['GET', 'HEAD']);

/** Signals that the client is gone; after that the uWS response must not be touched. */
export function abortSignal(res: HttpResponse): AbortSignal {
  const controller = new AbortController();
  res.onAborted(() => {
    controller.abort();
    resumePromises();
  });
  return controller.signal;
}

/**
 * Reads method, address and headers, for uWS takes its request back at the end of the handler. Null when the client
 * sent what is no address.
 */
export function readHead(req: HttpRequest, signal: AbortSignal, body?: () => ReadableStream): Request | null {
  const headers = new Headers();
  req.forEach((key, value) => {
    headers.append(key, value);
  });
  const host = headers.get('host') ?? '';
  // Undefined for a request without a query, whatever the types say.
  const query = req.getQuery() as string | undefined;
  const url = `http://${host}${req.getUrl()}${query === undefined || query === '' ? '' : `?${query}`}`;
  if (!hostPattern.test(host) || !URL.canParse(url)) return null;
  const method = req.getCaseSensitiveMethod();
  const init = { method, headers, signal };
  if (body === undefined || bodilessMethods.has(method)) return new Request(url, init);
  return new Request(url, { ...init, body: body(), duplex: 'half' });
}

/** Who is at the other end: an IPv6 address in its short form, one that stands for an IPv4 address as that. */
export function addressOf(res: HttpResponse): string {
  const text = new TextDecoder().decode(res.getRemoteAddressAsText());
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : text;
}

/** True when the client announced a body larger than `limitBytes`. */
export function announcesMoreThan(req: HttpRequest, limitBytes: number): boolean {
  return Number(req.getHeader('content-length')) > limitBytes;
}

export function hasBody(req: HttpRequest): boolean {
  return Number(req.getHeader('content-length')) > 0 || req.getHeader('transfer-encoding') !== '';
}

/** The body as it arrives; fails with `request.too_large` at the first byte beyond `limitBytes`. */
export function bodyStream(
  res: HttpResponse,
  signal: AbortSignal,
  limitBytes: number,
): ReadableStream<Uint8Array> {
  let received = 0;
  let open = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const fail = (reason: unknown): void => {
        if (open) controller.error(reason);
        open = false;
      };
      signal.addEventListener('abort', () => {
        fail(signal.reason);
      });
      res.onData((chunk, isLast) => {
        received += chunk.byteLength;
        if (received > limitBytes) fail(bodyTooLarge(limitBytes));
        if (!open) return;
        // uWS takes the chunk back when this returns.
        controller.enqueue(new Uint8Array(chunk.slice(0)));
        if (isLast) {
          open = false;
          controller.close();
        }
        resumePromises();
      });
    },
    cancel() {
      open = false;
    },
  });
}

export function bodyTooLarge(limitBytes: number): AppError {
  return new AppError('request.too_large', `a request body holds ${limitBytes} bytes at most`, {
    limitBytes,
  });
}

/** uWS calls back without draining microtasks: promises settled in a callback would wait for the next event. */
function resumePromises(): void {
  setImmediate(() => undefined);
}
