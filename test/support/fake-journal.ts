import type { AnomalyEvent } from '../../src/event.js';
import type { EventFeed, StateJournal } from '../../src/http/events/event-feed.js';
import type { EventChanges } from '../../src/store-api.js';

/** The latest state of each event, in memory, as the store remembers them. */
export class FakeJournal implements StateJournal {
  /** How often it was asked for changes. */
  reads = 0;
  failure: Error | null = null;
  #lastSeq = 0;
  readonly #states = new Map<string, { seq: number; event: AnomalyEvent }>();

  /** The number of the state. */
  append(event: AnomalyEvent): number {
    this.#lastSeq += 1;
    this.#states.set(event.id, { seq: this.#lastSeq, event });
    return this.#lastSeq;
  }

  /** Stores states, and tells a feed of them as the product does. */
  publisher(feed: EventFeed): (event: AnomalyEvent) => void {
    return (event) => {
      const before = this.#states.get(event.id)?.event ?? null;
      feed.publish(this.append(event), event, before);
    };
  }

  changesAfter(seq: number, limit: number): Promise<EventChanges> {
    this.reads += 1;
    if (this.failure !== null) return Promise.reject(this.failure);
    const after = [...this.#states.values()].filter((state) => state.seq > seq);
    const changes = after.sort((a, b) => a.seq - b.seq).slice(0, limit);
    const isWhole = changes.length < limit;
    return Promise.resolve({ changes, throughSeq: isWhole ? this.#lastSeq : (changes.at(-1)?.seq ?? seq) });
  }

  lastSeq(): Promise<number> {
    return Promise.resolve(this.#lastSeq);
  }
}
