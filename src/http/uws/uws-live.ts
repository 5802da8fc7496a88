import type {
  HttpRequest,
  HttpResponse,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';
import { BYTES_PER_MIB } from '../../units.js';
import type { LiveConnection, LiveSocket } from '../live/live-socket.js';

type Connect = (socket: LiveSocket) => LiveConnection;

interface SocketData {
  connect: Connect;
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

/** A WebSocket endpoint as a uWS behaviour; `admit` returns null when it turned an upgrade away, and has replied. */
export function liveBehavior(
  admit: (res: HttpResponse, req: HttpRequest) => Connect | null,
): WebSocketBehavior<SocketData> {
  return {
    maxPayloadLength: CUT_OFF_BYTES,
    maxBackpressure: BYTES_PER_MIB,
    closeOnBackpressureLimit: true,
    idleTimeout: IDLE_TIMEOUT_S,
    sendPingsAutomatically: true,
    upgrade(res, req, context) {
      const connect = admit(res, req);
      if (connect !== null) upgrade(res, req, context, connect);
    },
    open(ws) {
      const data = ws.getUserData();
      data.socket = new UwsSocket(ws);
      data.connection = data.connect(data.socket);
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

function upgrade(res: HttpResponse, req: HttpRequest, context: us_socket_context_t, connect: Connect): void {
  res.upgrade<SocketData>(
    { connect, connection: null, socket: null },
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
