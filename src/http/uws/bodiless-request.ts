import type { LightHeaders } from '../light-headers.js';

/**
 * A GET or HEAD as uWS hands it over. The standard Request checks and copies what uWS has checked already, and follows
 * an AbortSignal, which costs as much as many a handler; this one makes both only when somebody asks for them.
 */
export class BodilessRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: LightHeaders;
  readonly body = null;
  readonly bodyUsed = false;
  readonly #signal: () => AbortSignal;

  /** @param signal aborted when the client is gone */
  constructor(method: string, url: string, headers: LightHeaders, signal: () => AbortSignal) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return this.#signal();
  }

  text(): Promise<string> {
    return Promise.resolve('');
  }

  json(): Promise<unknown> {
    return this.clone().json();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(new ArrayBuffer(0));
  }

  /** The standard one. */
  clone(): Request {
    const { method, url, headers, signal } = this;
    return new Request(url, { method, headers: [...headers], signal });
  }
}
