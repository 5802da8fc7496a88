import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { AnomalyEvent } from '../../event.js';
import type { EventFilters } from '../../store-api.js';
import type { EventFeed, FeedEntry } from './event-feed.js';

/** Which events a client hears of; what is left out lets all through. */
export type StreamFilter = Pick<EventFilters, 'camera' | 'severity' | 'label'>;

export interface StreamClientOptions {
  feed: EventFeed;
  clock: Clock;
  filter: StreamFilter;
  /** Number of the state after which to begin. */
  after: number;
}

/** Server-sent events, as the HTML standard writes them, and how many there are. */
export interface StreamChunk {
  text: string;
  events: number;
}

/** Proxies take a connection for dead after 30 to 60 s of silence. */
const HEARTBEAT_MS = 15_000;
/** After which a client that lost its connection comes back. */
const RETRY_MS = 3_000;

/**
 * One client of the event stream: a place in the feed, and nothing that could fill up. Whoever reads slowly gets older
 * states later, and of each event only the latest.
 */
export class EventStreamClient {
  readonly #options: StreamClientOptions;
  readonly #left = new AbortController();
  #place: number;
  /** When it was last told anything; null before the first time. */
  #toldMs: number | null = null;

  constructor(options: StreamClientOptions) {
    this.#options = options;
    this.#place = options.after;
  }

  /** What to tell it next, as soon as there is anything; null when it has left, or has to come back for more. */
  async next(): Promise<StreamChunk | null> {
    const { clock } = this.#options;
    // A client that loses the connection before the first event would else not know its place.
    if (this.#toldMs === null)
      return this.#tell({ text: `retry: ${RETRY_MS}\n${this.#idLine()}\n`, events: 0 });
    while (!this.#left.signal.aborted) {
      const read = await this.#read();
      if (read === null) return null;
      if (read.events > 0) return this.#tell(read);
      if (clock.monotonicMs() >= this.#toldMs + HEARTBEAT_MS)
        return this.#tell({ text: `: still here\n${this.#idLine()}\n`, events: 0 });
      await this.#newsOr(this.#toldMs + HEARTBEAT_MS);
    }
    return null;
  }

  /** Nothing more is told; a `next` that waits comes to its end. */
  leave(): void {
    this.#left.abort();
  }

  /** What the feed has next for this client, if anything; null while the store does not answer. */
  async #read(): Promise<StreamChunk | null> {
    try {
      const { entries, throughSeq } = await this.#options.feed.after(this.#place);
      this.#place = throughSeq;
      const wanted = entries.filter(({ envelope }) => this.#wants(envelope.after));
      return { text: wanted.map(textOf).join(''), events: wanted.length };
    } catch (thrown) {
      if (AppError.from(thrown).kind === 'bug') throw thrown;
      return null;
    }
  }

  #wants({ camera, severity, label }: AnomalyEvent): boolean {
    const { filter } = this.#options;
    return (
      filter.camera?.includes(camera) !== false &&
      filter.severity?.includes(severity) !== false &&
      filter.label?.includes(label) !== false
    );
  }

  /** An `id` without data moves the place of the client and is no event to it. */
  #idLine(): string {
    return `id: ${this.#place}\n`;
  }

  #tell(chunk: StreamChunk): StreamChunk {
    this.#toldMs = this.#options.clock.monotonicMs();
    return chunk;
  }

  /** Resolves when the feed goes on, when the client has left, and at `untilMs` at the latest. */
  #newsOr(untilMs: number): Promise<void> {
    const { feed, clock } = this.#options;
    if (feed.hasAfter(this.#place)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        unfollow();
        this.#left.signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = clock.after(untilMs - clock.monotonicMs(), done);
      const unfollow = feed.follow(done);
      this.#left.signal.addEventListener('abort', done);
    });
  }
}

function textOf({ seq, envelope }: FeedEntry): string {
  return `id: ${seq}\nevent: event\ndata: ${JSON.stringify(envelope)}\n\n`;
}
