import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../src/random.js';

/** A file as it is served, and what is wrong with the server. */
export interface Served {
  content: Buffer;
  etag?: string;
  /** Ranges are ignored, as RFC 9110 allows. */
  ignoresRange?: boolean;
  /** The connection is cut after so many bytes of a reply, so many times. */
  cut?: {
    afterBytes: number;
    times: number;
    /** Resolves when the client has `bytes` of the file: those still on their way when it is cut may be lost. */
    received: (bytes: number) => Promise<void>;
  };
  /** After so many bytes nothing comes any more. */
  holdAfterBytes?: number;
  /** Answered instead, so many times. */
  status?: { code: number; times: number; location?: string };
  /** The length is not said before. */
  chunked?: boolean;
  /** Runs before the body goes out; the body waits for it. */
  before?: () => Promise<unknown>;
}

export interface Asked {
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
}

/** A small file server over real sockets, on this machine. */
export class ModelServer {
  readonly files = new Map<string, Served>();
  readonly asked: Asked[] = [];
  url = '';
  readonly #server = createServer((request, response) => {
    void this.#answer(request, response);
  });

  static async start(): Promise<ModelServer> {
    const server = new ModelServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    server.url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { range } = headers;
    this.asked.push({ path: url, range, ifRange: headers['if-range']?.toString() });
    const served = this.files.get(url);
    if (served === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (served.status !== undefined && served.status.times > 0) {
      served.status.times -= 1;
      const { code, location } = served.status;
      response.writeHead(code, location === undefined ? {} : { location }).end();
      return;
    }
    await this.#send(served, rangeOf(served, headers), response);
  }

  async #send(served: Served, from: number, response: ServerResponse): Promise<void> {
    const { content, etag, chunked, cut, holdAfterBytes } = served;
    const common = etag === undefined ? {} : { etag };
    if (from >= content.length && from > 0) {
      response.writeHead(416, { ...common, 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    const body = content.subarray(from);
    const length = chunked === true ? {} : { 'content-length': body.length };
    const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
    response.writeHead(from > 0 ? 206 : 200, { ...common, ...length, ...(from > 0 && range) });
    response.flushHeaders();
    await served.before?.();
    if (holdAfterBytes !== undefined) {
      response.write(body.subarray(0, holdAfterBytes));
      return;
    }
    if (cut === undefined || cut.times === 0 || cut.afterBytes >= body.length) {
      response.end(body);
      return;
    }
    cut.times -= 1;
    response.write(body.subarray(0, cut.afterBytes));
    await cut.received(from + cut.afterBytes);
    response.destroy();
  }
}

/** Where the reply begins. */
function rangeOf({ etag, ignoresRange }: Served, headers: IncomingMessage['headers']): number {
  const ifRange = headers['if-range'];
  if (ignoresRange === true || (ifRange !== undefined && ifRange !== etag)) return 0;
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
}

/** Bytes of no meaning, the same for the same seed. */
export function someBytes(length: number, seed = 1): Buffer {
  const random = seededRandom(seed);
  return Buffer.from(Uint8Array.from({ length }, () => random() * 256));
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
