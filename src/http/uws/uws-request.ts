import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { AppError } from '../../errors.js';
import { LightHeaders } from '../light-headers.js';
import { BodilessRequest } from './bodiless-request.js';

/** What may stand in a Host header; anything else could turn a path into part of the authority. */
const hostPattern = /^[A-Za-z0-9._\-[\]:]+$/;
const bodilessMethods = new Set(['GET', 'HEAD']);

/** The client of a request; once it is gone, the uWS response must not be touched. */
export class Client {
  #gone = false;
  #controller: AbortController | null = null;

  constructor(res: HttpResponse) {
    res.onAborted(() => {
      this.#gone = true;
      this.#controller?.abort();
      resumePromises();
    });
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** Aborted when the client is gone; made when first asked for, as most requests never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#gone) this.#controller.abort();
    return this.#controller.signal;
  }
}

/** Reads the headers; what was sent more than once is joined by commas. */
export function readHeaders(req: HttpRequest): LightHeaders {
  const headers = new LightHeaders();
  req.forEach((name, value) => {
    headers.append(name, value);
  });
  return headers;
}

/**
 * Makes the request of its head, for uWS takes its own back at the end of the handler. Null when the client sent what
 * is no address.
 */
export function requestOf(
  req: HttpRequest,
  headers: LightHeaders,
  signal: () => AbortSignal,
  body?: () => ReadableStream,
): Request | null {
  const host = headers.get('host') ?? '';
  // Undefined for a request without a query, whatever the types say.
  const query = req.getQuery() as string | undefined;
  const url = `http://${host}${req.getUrl()}${query === undefined || query === '' ? '' : `?${query}`}`;
  if (!hostPattern.test(host) || !URL.canParse(url)) return null;
  const method = req.getCaseSensitiveMethod();
  if (bodilessMethods.has(method))
    return new BodilessRequest(method, url, headers, signal) as unknown as Request;
  const init = { method, headers: [...headers], signal: signal() };
  return new Request(url, body === undefined ? init : { ...init, body: body(), duplex: 'half' });
}

/** Who is at the other end: an IPv6 address in its short form, one that stands for an IPv4 address as that. */
export function addressOf(res: HttpResponse): string {
  const text = Buffer.from(res.getRemoteAddressAsText()).toString('latin1');
  if (isIPv4(text)) return text;
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : text;
}

/** True when the client announced a body larger than `limitBytes`. */
export function announcesMoreThan(headers: LightHeaders, limitBytes: number): boolean {
  return Number(headers.get('content-length')) > limitBytes;
}

export function hasBody(headers: LightHeaders): boolean {
  return Number(headers.get('content-length') ?? 0) !== 0 || headers.has('transfer-encoding');
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
