import { AppError } from '../../src/errors.js';
import { problem } from '../../src/http/error-status.js';
import { HttpServer } from '../../src/http/uws/uws.js';

/** The uWS adapter on a free port, with a handler that tests replace; it echoes the body at first. */
export class AdapterServer {
  handler: (request: Request) => Response | Promise<Response> = echo;
  readonly bugs: AppError[] = [];
  /** Method and status. */
  readonly turnedAway: [string, number][] = [];
  readonly #server: HttpServer;

  private constructor(server: HttpServer) {
    this.#server = server;
  }

  static async start(): Promise<AdapterServer> {
    const server = await HttpServer.listen('127.0.0.1', 0);
    const adapter = new AdapterServer(server);
    server.serve({
      fetch: (request) => adapter.handler(request),
      live: {
        path: '/ws',
        admit: () => () => ({ receive: () => undefined, closed: () => undefined }),
      },
      turnedAway: (method, { status }) => adapter.turnedAway.push([method, status]),
      reportBug: (error) => adapter.bugs.push(error),
    });
    return adapter;
  }

  get port(): number {
    return this.#server.port;
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  close(): void {
    this.#server.close();
  }
}

async function echo(request: Request): Promise<Response> {
  try {
    return new Response(await request.arrayBuffer());
  } catch (error) {
    return problem(AppError.from(error));
  }
}
