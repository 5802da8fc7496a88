/** The WebSocket to the server: keeps itself connected and knows what to ask for again. */
import { liveAddress } from '../access.js';

const HEADER_BYTES = 24;
const MAGIC = 0x464e;
const BACKOFF_MS = { first: 500, max: 15_000 };
const PING_MS = 10_000;
const SILENCE_MAX_MS = 25_000;

export class LiveLink {
  #listeners;
  #socket = null;
  #failures = 0;
  #lastHeardMs = 0;
  /** Camera ids by the index that frames carry. */
  #cameraOfIndex = new Map();
  #wanted = { cameraIds: [], width: 0 };

  /** `listeners`: onFrame({cameraId, score, wallTime, jpeg}), onEvent(event), onState('live' or 'lost'). */
  constructor(listeners) {
    this.#listeners = listeners;
    setInterval(() => this.#checkPulse(), PING_MS);
  }

  async connect() {
    let socket;
    try {
      socket = new WebSocket(await liveAddress());
    } catch {
      this.#retryLater();
      return;
    }
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#lastHeardMs = performance.now();
    socket.addEventListener('open', () => {
      this.#failures = 0;
      this.#listeners.onState('live');
      this.#send({ type: 'subscribe', topics: ['events'] });
      this.#subscribe(this.#wanted.cameraIds);
    });
    socket.addEventListener('message', ({ data }) => {
      this.#lastHeardMs = performance.now();
      if (typeof data === 'string') this.#hear(JSON.parse(data));
      else this.#see(data);
    });
    socket.addEventListener('close', () => {
      if (this.#socket === socket) this.#retryLater();
    });
  }

  /** Watches exactly these cameras from now on, also after a reconnect. */
  watch(cameraIds, width) {
    const before = this.#wanted;
    this.#wanted = { cameraIds, width };
    const gone = before.cameraIds.filter((id) => !cameraIds.includes(id));
    if (gone.length > 0) this.#send({ type: 'unsubscribe', camera_ids: gone });
    const changed = width !== before.width;
    this.#subscribe(changed ? cameraIds : cameraIds.filter((id) => !before.cameraIds.includes(id)));
  }

  #subscribe(cameraIds) {
    if (cameraIds.length === 0) return;
    this.#send({ type: 'subscribe', camera_ids: cameraIds, width: this.#wanted.width });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #hear(message) {
    if (message.type === 'event') this.#listeners.onEvent(message.event);
    if (message.type === 'subscribed') {
      for (const { camera_id, index } of message.cameras) this.#cameraOfIndex.set(index, camera_id);
    }
  }

  #see(frame) {
    const header = new DataView(frame, 0, HEADER_BYTES);
    if (header.getUint16(0, true) !== MAGIC) return;
    const cameraId = this.#cameraOfIndex.get(header.getUint32(4, true));
    if (cameraId === undefined) return;
    const score = header.getFloat32(12, true);
    this.#listeners.onFrame({
      cameraId,
      score: Number.isNaN(score) ? null : score,
      wallTime: header.getFloat64(16, true),
      jpeg: new Blob([new Uint8Array(frame, HEADER_BYTES)], { type: 'image/jpeg' }),
    });
  }

  /** A connection that is half dead says nothing and closes nothing: ask, and give up on it when no answer comes. */
  #checkPulse() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (performance.now() - this.#lastHeardMs > SILENCE_MAX_MS) {
      this.#socket.close();
      this.#retryLater();
      return;
    }
    this.#send({ type: 'ping' });
  }

  #retryLater() {
    this.#socket = null;
    const ceiling = Math.min(BACKOFF_MS.first * 2 ** this.#failures, BACKOFF_MS.max);
    const delayMs = ceiling * (0.8 + 0.4 * Math.random());
    this.#failures += 1;
    this.#listeners.onState('lost');
    setTimeout(() => this.connect(), delayMs);
  }
}
