import { maySee, type Admission, type Caller } from '../../access/access.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { Alert, AnomalyEvent } from '../../event.js';
import { writeLiveHeader } from '../../frame.js';
import type { LiveRequest } from '../../protocol/camera.js';
import { LiveClient } from './live-client.js';
import { LiveDemand } from './live-demand.js';
import { LiveSession, type SessionHost } from './live-session.js';
import { closeCodes, type CloseCode, type LiveConnection, type LiveSocket } from './live-socket.js';
import type { CameraDirectory } from '../services.js';
import { visibleAlert } from '../alerts/visible-alert.js';
import type { ServerMessage, Topic } from './ws-messages.js';

export interface LiveHubOptions {
  cameras: Pick<CameraDirectory, 'get' | 'indexOf' | 'setLive'>;
  clock: Clock;
  /** For clients that do not say; the quality is for all. */
  defaults: LiveRequest;
}

export interface LiveCounters {
  clients: number;
  framesSent: number;
  /** Frames that were due for a client which had not taken the earlier ones. */
  framesSkipped: number;
  slowClientsClosed: number;
}

const CLIENTS_MAX = 64;

/**
 * Fans live frames and news out to WebSocket clients, each at its own rate, and tells the cameras what to encode: the
 * most that any of their watchers asked for, or nothing.
 */
export class LiveHub {
  readonly #cameras: LiveHubOptions['cameras'];
  readonly #clock: Clock;
  readonly #demand: LiveDemand;
  readonly #sessionHost: SessionHost;
  readonly #clients = new Set<LiveClient>();
  #framesSent = 0;
  #framesSkipped = 0;
  #slowClientsClosed = 0;
  #fpsMax = Infinity;

  constructor({ cameras, clock, defaults }: LiveHubOptions) {
    this.#cameras = cameras;
    this.#clock = clock;
    this.#demand = new LiveDemand(cameras, defaults.quality);
    this.#sessionHost = {
      cameras,
      clock,
      defaults,
      wishesChanged: (cameraId) => {
        this.#updateDemand(cameraId);
      },
      tell: (client, message) => {
        this.#tell(client, message);
      },
      drop: (client, code, reason) => {
        this.#drop(client, code, reason);
      },
    };
  }

  /** Null while another client may come, else why not. */
  refusal(): AppError | null {
    if (this.#clients.size < CLIENTS_MAX) return null;
    return new AppError(
      'request.rate_limited',
      `${CLIENTS_MAX} live clients are connected, which is the limit`,
    );
  }

  /** Serves a client until it leaves, or its admission ends. */
  connect(socket: LiveSocket, { caller, ended }: Admission): LiveConnection {
    const client = new LiveClient(socket, caller);
    const session = new LiveSession(client, this.#sessionHost);
    const shutOut = (): void => {
      this.#drop(client, closeCodes.policyViolation, 'your access ended, or changed: connect again');
    };
    this.#clients.add(client);
    ended.addEventListener('abort', shutOut);
    if (ended.aborted) shutOut();
    return {
      receive: (message) => {
        if (this.#clients.has(client)) session.receive(message);
      },
      closed: () => {
        ended.removeEventListener('abort', shutOut);
        this.#forget(client);
      },
    };
  }

  /**
   * Sends a live frame to the watchers for whom it is due.
   * @param frame 24 bytes to spare for the header, then a JPEG; written to, and not kept.
   * @param anomalyScore in [0, 1], or NaN before the camera's first.
   */
  frame(
    cameraId: string,
    frame: ArrayBuffer,
    { sequence, wallTime }: { sequence: number; wallTime: number },
    anomalyScore: number,
  ): void {
    const request = this.#demand.of(cameraId);
    if (request === undefined) return;
    writeLiveHeader(frame, {
      cameraIndex: this.#cameras.indexOf(cameraId),
      sequence,
      anomalyScore,
      wallTime,
    });
    const nowMs = this.#clock.monotonicMs();
    for (const client of this.#clients) {
      const subscription = client.cameras.get(cameraId);
      if (subscription === undefined) continue;
      const delivery = client.offerFrame(subscription, frame, nowMs, request.fps);
      if (delivery === 'sent') this.#framesSent += 1;
      if (delivery === 'skipped') this.#framesSkipped += 1;
      if (delivery === 'tooSlow') this.#dropSlow(client);
    }
  }

  /** Watchers get at most so many frames a second from now on, whatever they asked for; Infinity: as they asked. */
  limitFps(fpsMax: number): void {
    if (fpsMax === this.#fpsMax) return;
    this.#fpsMax = fpsMax;
    this.#demand.limit(fpsMax);
    const watched = new Set([...this.#clients].flatMap(({ cameras }) => [...cameras.keys()]));
    for (const id of watched) this.#updateDemand(id);
  }

  /** A camera is about to be gone: tells those who watch it, and sends them nothing more. */
  cameraRemoved(cameraId: string): void {
    for (const client of [...this.#clients]) {
      if (!client.cameras.delete(cameraId)) continue;
      this.#tell(client, {
        type: 'unsubscribed',
        camera_ids: [cameraId],
        topics: [],
        reason: 'camera_removed',
      });
    }
    this.#updateDemand(cameraId);
  }

  event(event: AnomalyEvent): void {
    this.#publish('events', { type: 'event', event }, (caller) => maySee(caller, event.camera));
  }

  alert(alert: Alert): void {
    this.#publish('alerts', { type: 'alert', alert }, (caller) => caller.cameras === null);
    for (const client of this.#followers('alerts')) {
      const narrowed = client.caller.cameras === null ? null : visibleAlert(alert, client.caller);
      if (narrowed !== null) this.#tell(client, { type: 'alert', alert: narrowed });
    }
  }

  stats(stats: Record<string, unknown>): void {
    // Only those who may see everything can follow them.
    this.#publish('stats', { type: 'stats', stats }, () => true);
  }

  /** Whether any client wants to hear of a topic. */
  isFollowed(topic: Topic): boolean {
    return this.#followers(topic).length > 0;
  }

  /** How many clients watch a camera. */
  watchers(cameraId: string): number {
    return [...this.#clients].filter((client) => client.cameras.has(cameraId)).length;
  }

  counters(): LiveCounters {
    return {
      clients: this.#clients.size,
      framesSent: this.#framesSent,
      framesSkipped: this.#framesSkipped,
      slowClientsClosed: this.#slowClientsClosed,
    };
  }

  /** Says goodbye to every client; the cameras are asked for nothing any more. */
  close(): void {
    for (const client of [...this.#clients]) this.#drop(client, closeCodes.goingAway, 'shutting down');
  }

  #updateDemand(cameraId: string): void {
    const wishes = [...this.#clients].flatMap((client) => client.cameras.get(cameraId) ?? []);
    this.#demand.update(cameraId, wishes);
  }

  /** The same to all who follow the topic and may see it. */
  #publish(topic: Topic, message: ServerMessage, maySeeIt: (caller: Caller) => boolean): void {
    const text = JSON.stringify(message);
    for (const client of this.#followers(topic)) {
      if (maySeeIt(client.caller) && client.offerText(text) === 'tooSlow') this.#dropSlow(client);
    }
  }

  #followers(topic: Topic): LiveClient[] {
    return [...this.#clients].filter(({ topics }) => topics.has(topic));
  }

  #tell(client: LiveClient, message: ServerMessage): void {
    if (client.tell(message) === 'tooSlow') this.#dropSlow(client);
  }

  #dropSlow(client: LiveClient): void {
    this.#slowClientsClosed += 1;
    this.#drop(client, closeCodes.tryAgainLater, 'too slow');
  }

  #drop(client: LiveClient, code: CloseCode, reason: string): void {
    this.#forget(client);
    client.close(code, reason);
  }

  #forget(client: LiveClient): void {
    if (!this.#clients.delete(client)) return;
    for (const id of client.cameras.keys()) this.#updateDemand(id);
  }
}
