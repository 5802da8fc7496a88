import type {
  HttpRequest,
  HttpResponse,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';
import { BYTES_PER_MIB } from '../units.js';
import type { LiveConnection, LiveEndpoint, LiveSocket } from './live-socket.js';

interface SocketData {
  connection: LiveConnection | null;
  socket: UwsSocket | null;
}

/** Without a pong in this time the client is taken for gone; pings go out before. */
const IDLE_TIMEOUT_S = 60;
/**
 * uWS cuts a connection off without a close frame when a message is larger; the live hub, whose limit is lower,
 * closes in form.
 */
const CUT_OFF_BYTES = 64 * 1024;

/** Serves a live endpoint as a uWS behaviour; `refuse` writes the reply itself and says whether it did. */
export function liveBehavior(
  endpoint: LiveEndpoint,
  refuse: (res: HttpResponse, req: HttpRequest) => boolean,
): WebSocketBehavior<SocketData> {
  return {
    maxPayloadLength: CUT_OFF_BYTES,
    maxBackpressure: BYTES_PER_MIB,
    closeOnBackpressureLimit: true,
    idleTimeout: IDLE_TIMEOUT_S,
    sendPingsAutomatically: true,
    upgrade(res, req, context) {
      if (!refuse(res, req)) upgrade(res, req, context);
    },
    open(ws) {
      const data = ws.getUserData();
      data.socket = new UwsSocket(ws);
      data.connection = endpoint.connect(data.socket);
    },
    message(ws, message, isBinary) {
      // uWS takes the message back afterwards, and has checked that text is UTF-8.
      ws.getUserData().connection?.receive(isBinary ? message : new TextDecoder().decode(message));
    },
    close(ws) {
      const { socket, connection } = ws.getUserData();
      socket?.markClosed();
      connection?.closed();
    },
  };
}

function upgrade(res: HttpResponse, req: HttpRequest, context: us_socket_context_t): void {
  res.upgrade<SocketData>(
    { connection: null, socket: null },
    req.getHeader('sec-websocket-key'),
    req.getHeader('sec-websocket-protocol'),
    req.getHeader('sec-websocket-extensions'),
    context,
  );
}

/** uWS throws when a closed WebSocket is used; this one knows. */
class UwsSocket implements LiveSocket {
  readonly #ws: WebSocket<SocketData>;
  #open = true;

  constructor(ws: WebSocket<SocketData>) {
    this.#ws = ws;
  }

  send(data: string | ArrayBuffer, binary: boolean): void {
    if (this.#open) this.#ws.send(data, binary);
  }

  bufferedBytes(): number {
    return this.#open ? this.#ws.getBufferedAmount() : 0;
  }

  close(code: number, reason: string): void {
    if (this.#open) this.#ws.end(code, reason);
  }

  markClosed(): void {
    this.#open = false;
  }
}
