import { maySee } from '../../access/access.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { LiveRequest } from '../../protocol/camera.js';
import type { LiveClient } from './live-client.js';
import { closeCodes, type CloseCode } from './live-socket.js';
import type { CameraDirectory } from '../services.js';
import {
  parseClientMessage,
  type ServerMessage,
  type SubscribedCamera,
  type SubscribeMessage,
  type Topic,
  type UnsubscribeMessage,
} from './ws-messages.js';

/** What a session needs of the hub. */
export interface SessionHost {
  cameras: Pick<CameraDirectory, 'get' | 'indexOf'>;
  clock: Clock;
  defaults: LiveRequest;
  /** A client began or ceased to watch the camera, or wants something else of it. */
  wishesChanged(cameraId: string): void;
  tell(client: LiveClient, message: ServerMessage): void;
  drop(client: LiveClient, code: CloseCode, reason: string): void;
}

const MESSAGE_MAX_BYTES = 16 * 1024;

/** One client's side of the conversation: checks what it says and does it. */
export class LiveSession {
  readonly #client: LiveClient;
  readonly #host: SessionHost;

  constructor(client: LiveClient, host: SessionHost) {
    this.#client = client;
    this.#host = host;
  }

  receive(message: string | ArrayBuffer): void {
    const { clock } = this.#host;
    if (typeof message !== 'string') {
      this.#host.drop(this.#client, closeCodes.unsupportedData, 'messages are JSON text');
    } else if (Buffer.byteLength(message) > MESSAGE_MAX_BYTES) {
      const reason = `a message holds ${MESSAGE_MAX_BYTES} bytes at most`;
      this.#host.drop(this.#client, closeCodes.messageTooBig, reason);
    } else if (!this.#client.allowsMessage(clock.monotonicMs())) {
      this.#tellError(new AppError('request.rate_limited', 'too many messages within a minute'));
      this.#host.drop(this.#client, closeCodes.policyViolation, 'too many messages');
    } else {
      this.#obey(message);
    }
  }

  #obey(text: string): void {
    try {
      const message = parseClientMessage(text);
      switch (message.type) {
        case 'subscribe':
          this.#subscribe(message);
          return;
        case 'unsubscribe':
          this.#unsubscribe(message);
          return;
        case 'ping':
          this.#tell({ type: 'pong' });
          return;
        default:
          message satisfies never;
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#tellError(error);
    }
  }

  #subscribe({ camera_ids, topics, fps, width }: SubscribeMessage): void {
    const { cameras, defaults } = this.#host;
    const subscribed: string[] = [];
    for (const id of new Set(camera_ids)) {
      if (!maySee(this.#client.caller, id) || cameras.get(id) === undefined) {
        this.#tellError(new AppError('camera.not_found', `there is no camera ${id}`), id);
        continue;
      }
      this.#client.watch(id, fps ?? defaults.fps, width ?? defaults.width);
      this.#host.wishesChanged(id);
      subscribed.push(id);
    }
    const followed = topics.filter((topic) => this.#mayFollow(topic));
    for (const topic of followed) this.#client.topics.add(topic);
    const described = subscribed.flatMap((id) => this.#describe(id));
    this.#tell({ type: 'subscribed', cameras: described, topics: followed });
  }

  /** The stats are of the whole product, all cameras included. */
  #mayFollow(topic: Topic): boolean {
    if (topic !== 'stats' || this.#client.caller.cameras === null) return true;
    const message = 'stats are for those who may see all cameras';
    this.#tellError(new AppError('request.forbidden', message));
    return false;
  }

  #describe(id: string): SubscribedCamera[] {
    const view = this.#host.cameras.get(id);
    const subscription = this.#client.cameras.get(id);
    if (view === undefined || subscription === undefined) return [];
    const { width, height } = view.live;
    return [{ camera_id: id, index: this.#host.cameras.indexOf(id), width, height, fps: subscription.fps }];
  }

  #unsubscribe({ camera_ids, topics }: UnsubscribeMessage): void {
    for (const id of camera_ids) {
      if (this.#client.cameras.delete(id)) this.#host.wishesChanged(id);
    }
    for (const topic of topics) this.#client.topics.delete(topic);
    this.#tell({ type: 'unsubscribed', camera_ids, topics });
  }

  #tell(message: ServerMessage): void {
    this.#host.tell(this.#client, message);
  }

  #tellError({ code, message }: AppError, cameraId?: string): void {
    const error: ServerMessage = { type: 'error', code, message };
    this.#tell(cameraId === undefined ? error : { ...error, camera_id: cameraId });
  }
}
