import { randomUUID } from 'node:crypto';
import {
  App,
  us_socket_local_port,
  type HttpRequest,
  type HttpResponse,
  type TemplatedApp,
  type us_listen_socket,
} from 'uWebSockets.js';
import { AppError } from '../../errors.js';
import { BYTES_PER_MIB } from '../../units.js';
import { problem } from '../error-status.js';
import type { LiveConnection, LiveEndpoint, LiveSocket } from '../live/live-socket.js';
import { harden } from '../access/security-headers.js';
import { liveBehavior } from './uws-live.js';
import {
  addressOf,
  announcesMoreThan,
  bodyStream,
  bodyTooLarge,
  Client,
  hasBody,
  readHeaders,
  requestOf,
} from './uws-request.js';
import { writeReply } from './uws-response.js';

export interface Handlers {
  /** Turns every error into a reply; a client whose request makes it reject is cut off. */
  fetch(request: Request, address: string): Response | Promise<Response>;
  live: LiveEndpoint;
  /** Answered before `fetch` saw it: its body is too large, or its head makes no address. */
  turnedAway: (method: string, reply: Response) => void;
  /** A reply's body failed midway; the client saw the connection close. */
  reportBug: (error: AppError, requestId: string | null) => void;
}

const BODY_LIMIT_BYTES = BYTES_PER_MIB;

/** Without it a second instance would share the port in silence and get half of the connections. */
const EXCLUSIVE_PORT = 1;

/** The type declarations lack this form of `listen`. */
type ListenExclusively = (
  host: string,
  port: number,
  options: number,
  done: (socket: us_listen_socket | false) => void,
) => void;

/**
 * uWebSockets.js behind the standard Request and Response: the one place that imports it. It lives on the main
 * thread only. Clients that dribble their request are cut off by uWS after 12 s.
 */
export class HttpServer {
  /** The port that listens, also when 0 was asked for. */
  readonly port: number;
  readonly #app: TemplatedApp;

  private constructor(app: TemplatedApp, port: number) {
    this.#app = app;
    this.port = port;
  }

  /** Takes the port; call {@link serve} in the same turn. Throws `listen.failed`. */
  static listen(host: string, port: number): Promise<HttpServer> {
    const app = App();
    return new Promise((resolve, reject) => {
      (app.listen as unknown as ListenExclusively).call(app, host, port, EXCLUSIVE_PORT, (socket) => {
        if (socket === false) reject(listenFailed(host, port));
        else resolve(new HttpServer(app, us_socket_local_port(socket)));
      });
    });
  }

  serve(handlers: Handlers): void {
    this.#app.ws(
      handlers.live.path,
      liveBehavior((res, req) => admitUpgrade(handlers, res, req)),
    );
    this.#app.any('/*', (res, req) => {
      answer(handlers, res, req);
    });
  }

  /** Stops listening and ends every connection. */
  close(): void {
    this.#app.close();
  }
}

function answer(handlers: Handlers, res: HttpResponse, req: HttpRequest): void {
  const client = new Client(res);
  const turnAway = (error: AppError): void => {
    const refusal = identified(problem(error));
    handlers.turnedAway(req.getCaseSensitiveMethod(), refusal);
    refuse(handlers, res, client, refusal);
  };
  const headers = readHeaders(req);
  if (announcesMoreThan(headers, BODY_LIMIT_BYTES)) {
    turnAway(bodyTooLarge(BODY_LIMIT_BYTES));
    return;
  }
  const expectsBody = hasBody(headers);
  const body = expectsBody ? () => bodyStream(res, client.signal, BODY_LIMIT_BYTES) : undefined;
  const request = requestOf(req, headers, () => client.signal, body);
  if (request === null) {
    turnAway(badAddress());
    return;
  }
  const address = addressOf(res);
  void deliver(handlers, res, () => handlers.fetch(request, address), {
    client,
    headOnly: request.method === 'HEAD',
    // What is left of a body that nobody wants ends with the connection.
    closeOnError: expectsBody,
  });
}

/** Who serves the socket; null when the upgrade was turned away, with a reply. */
function admitUpgrade(
  handlers: Handlers,
  res: HttpResponse,
  req: HttpRequest,
): ((socket: LiveSocket) => LiveConnection) | null {
  const request = requestOf(req, readHeaders(req), () => new AbortController().signal);
  const admitted = request === null ? problem(badAddress()) : handlers.live.admit(request, addressOf(res));
  if (typeof admitted === 'function') return admitted;
  refuse(handlers, res, new Client(res), identified(admitted));
  return null;
}

function identified(reply: Response): Response {
  if (!reply.headers.has('x-request-id')) reply.headers.set('x-request-id', randomUUID());
  return reply;
}

function refuse(handlers: Handlers, res: HttpResponse, client: Client, refusal: Response): void {
  void deliver(handlers, res, () => harden(refusal), { client, headOnly: false, closeOnError: true });
}

/** Never rejects. */
async function deliver(
  handlers: Handlers,
  res: HttpResponse,
  produce: () => Response | Promise<Response>,
  { client, headOnly, closeOnError }: { client: Client; headOnly: boolean; closeOnError: boolean },
): Promise<void> {
  let requestId: string | null = null;
  try {
    const reply = await produce();
    requestId = reply.headers.get('x-request-id');
    await writeReply(res, reply, { client, headOnly, closeConnection: closeOnError && reply.status >= 400 });
  } catch (error) {
    if (client.isGone) return;
    res.close();
    handlers.reportBug(AppError.from(error), requestId);
  }
}

function badAddress(): AppError {
  return new AppError('request.invalid', 'the Host header and the path make no address');
}

function listenFailed(host: string, port: number): AppError {
  const message =
    `cannot listen on ${host}, port ${port}: the port is in use, or the address is not this machine's; ` +
    'set http.port, or --port 0 for any free port';
  return new AppError('listen.failed', message, { host, port });
}
