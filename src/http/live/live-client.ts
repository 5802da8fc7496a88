import type { Caller } from '../../access/access.js';
import { BYTES_PER_MIB } from '../../units.js';
import { ClientPace } from './client-pace.js';
import type { CloseCode, LiveSocket } from './live-socket.js';
import type { ServerMessage, Topic } from './ws-messages.js';

/** What one client wants of one camera. */
export interface Subscription {
  fps: number;
  /** Pixels. */
  width: number;
  pace: ClientPace;
}

/** What became of something offered to a client. */
export type Delivery = 'sent' | 'notDue' | 'skipped' | 'tooSlow';

const FRAME_BACKLOG_BYTES = 256 * 1024;
const BACKLOG_MAX_BYTES = BYTES_PER_MIB;
/** A client that takes no frame for so long is let go; it would only hold memory. */
const STUCK_MS = 30_000;
const MESSAGES_PER_MINUTE = 100;
const MINUTE_MS = 60_000;

/** One WebSocket client: its wishes, and its limits in both directions. */
export class LiveClient {
  readonly cameras = new Map<string, Subscription>();
  readonly topics = new Set<Topic>();
  /** Who it is; sees these cameras and no others. */
  readonly caller: Caller;
  readonly #socket: LiveSocket;
  #stuckSinceMs: number | null = null;
  #minuteStartMs = -Infinity;
  #messagesThisMinute = 0;

  constructor(socket: LiveSocket, caller: Caller) {
    this.#socket = socket;
    this.caller = caller;
  }

  /** Begins to watch a camera, or changes what is wanted of it. */
  watch(cameraId: string, fps: number, width: number): void {
    this.cameras.set(cameraId, { fps, width, pace: new ClientPace(fps) });
  }

  /** Counts an inbound message; false when the client sent too many within a minute. */
  allowsMessage(nowMs: number): boolean {
    if (nowMs - this.#minuteStartMs >= MINUTE_MS) {
      this.#minuteStartMs = nowMs;
      this.#messagesThisMinute = 0;
    }
    this.#messagesThisMinute += 1;
    return this.#messagesThisMinute <= MESSAGES_PER_MINUTE;
  }

  /** Sends a frame if it is due and the client keeps up. A frame that was skipped is not sent later. */
  offerFrame(subscription: Subscription, frame: ArrayBuffer, nowMs: number, sourceFps: number): Delivery {
    if (!subscription.pace.take(sourceFps)) return 'notDue';
    if (this.#socket.bufferedBytes() >= FRAME_BACKLOG_BYTES) {
      this.#stuckSinceMs ??= nowMs;
      return nowMs - this.#stuckSinceMs >= STUCK_MS ? 'tooSlow' : 'skipped';
    }
    this.#stuckSinceMs = null;
    this.#socket.send(frame, true);
    return 'sent';
  }

  /** Sends text, of which none is ever skipped: a client that cannot take it is too slow to keep. */
  offerText(text: string): Delivery {
    if (this.#socket.bufferedBytes() + text.length > BACKLOG_MAX_BYTES) return 'tooSlow';
    this.#socket.send(text, false);
    return 'sent';
  }

  tell(message: ServerMessage): Delivery {
    return this.offerText(JSON.stringify(message));
  }

  close(code: CloseCode, reason: string): void {
    this.#socket.close(code, reason);
  }
}
