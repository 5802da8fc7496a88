import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { EventFeed } from './event-feed.js';
import { EventStreamClient, type StreamFilter } from './event-stream-client.js';

export interface StreamCounters {
  clients: number;
  eventsSent: number;
  /** Clients turned away because the limit was reached. */
  refused: number;
  /** Clients that went, or were cut off, before they had taken what was written to them. */
  leftBehind: number;
}

const CLIENTS_MAX = 64;

/** The clients of the event stream, at most 64. */
export class EventStreams {
  readonly #feed: EventFeed;
  readonly #clock: Clock;
  #clients = 0;
  #eventsSent = 0;
  #refused = 0;
  #leftBehind = 0;

  constructor({ feed, clock }: { feed: EventFeed; clock: Clock }) {
    this.#feed = feed;
    this.#clock = clock;
  }

  /**
   * Begins with the next state, or after the one whose number the client has seen last. What comes are server-sent
   * events, made one chunk at a time as they are read. The body must be read or cancelled: until then it
   * counts as a client. Throws `request.rate_limited`, `store.*`.
   */
  async open(filter: StreamFilter, lastEventId: number | null): Promise<ReadableStream<Uint8Array>> {
    const newest = await this.#feed.lastSeq();
    if (this.#clients >= CLIENTS_MAX) {
      this.#refused += 1;
      const message = `${CLIENTS_MAX} clients follow the events, which is the limit`;
      throw new AppError('request.rate_limited', message);
    }
    this.#clients += 1;
    const after = Math.min(lastEventId ?? newest, newest);
    return this.#bodyOf(new EventStreamClient({ feed: this.#feed, clock: this.#clock, filter, after }));
  }

  get counters(): StreamCounters {
    return {
      clients: this.#clients,
      eventsSent: this.#eventsSent,
      refused: this.#refused,
      leftBehind: this.#leftBehind,
    };
  }

  #bodyOf(client: EventStreamClient): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let isCaughtUp = true;
    let isOpen = true;
    const end = (): void => {
      if (isOpen) this.#clients -= 1;
      isOpen = false;
      client.leave();
    };
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          isCaughtUp = true;
          const chunk = await client.next().catch((error: unknown) => {
            end();
            throw error;
          });
          if (!isOpen) return;
          if (chunk === null) {
            end();
            controller.close();
            return;
          }
          isCaughtUp = false;
          this.#eventsSent += chunk.events;
          controller.enqueue(encoder.encode(chunk.text));
        },
        cancel: () => {
          if (!isCaughtUp) this.#leftBehind += 1;
          end();
        },
      },
      // Made when it is wanted, and not before.
      { highWaterMark: 0 },
    );
  }
}
