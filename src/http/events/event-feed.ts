import type { AnomalyEvent } from '../../event.js';
import { envelope, lateEnvelope, type EventEnvelope } from '../../event-envelope.js';
import type { EventChanges } from '../../store-api.js';

/** The journal of all states, which remembers the latest of each event. */
export interface StateJournal {
  /** The states after `seq`, at most `limit` of them. Throws `store.*`. */
  changesAfter(seq: number, limit: number): Promise<EventChanges>;
  /** Number of the newest state. Throws `store.*`. */
  lastSeq(): Promise<number>;
}

export interface FeedEntry {
  /** Number of the state in the journal. */
  seq: number;
  envelope: EventEnvelope;
}

export interface FeedPage {
  /** In order of `seq`. */
  entries: FeedEntry[];
  /** Go on after it. */
  throughSeq: number;
}

/** States that are remembered here; whoever is further behind reads the journal. */
const RECENT_MAX = 1_000;
/** Entries of a page at most. */
const PAGE_MAX = 100;

/**
 * Every durable state of every event, in order, to be read from any point on: the newest from memory, each with the
 * one before it, older ones from the journal. Readers keep their place themselves, so that none can fill a buffer here.
 */
export class EventFeed {
  readonly #journal: StateJournal;
  /** Numbered without a gap, from `#floor` + 1 on. */
  #recent: FeedEntry[] = [];
  /** Null until it is known. */
  #floor: number | null = null;
  readonly #followers = new Set<() => void>();

  constructor(journal: StateJournal) {
    this.#journal = journal;
  }

  /** Takes a state that has become durable, in order of `seq`; `before` is the one that it follows, if any. */
  publish(seq: number, event: AnomalyEvent, before: AnomalyEvent | null): void {
    // What lies between was stored past this feed: the journal has it.
    if (this.#newest !== seq - 1) {
      this.#recent = [];
      this.#floor = seq - 1;
    }
    this.#recent.push({ seq, envelope: envelope(before, event) });
    if (this.#recent.length > RECENT_MAX) this.#floor = this.#recent.shift()?.seq ?? null;
    for (const follower of [...this.#followers]) follower();
  }

  /** What follows `seq`, if anything does. Throws `store.*`. */
  async after(seq: number): Promise<FeedPage> {
    if (this.#floor === null || seq < this.#floor) return this.#remembered(seq);
    const from = seq - this.#floor;
    const entries = this.#recent.slice(from, from + PAGE_MAX);
    return { entries, throughSeq: entries.at(-1)?.seq ?? seq };
  }

  /** Whether anything is known to follow `seq`. */
  hasAfter(seq: number): boolean {
    return this.#newest !== null && this.#newest > seq;
  }

  /** Number of the newest state. Throws `store.*`. */
  async lastSeq(): Promise<number> {
    return this.#newest ?? (await this.#journal.lastSeq());
  }

  /** Calls `follower` after each state, until the returned function is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  get #newest(): number | null {
    return this.#floor === null ? null : this.#floor + this.#recent.length;
  }

  async #remembered(seq: number): Promise<FeedPage> {
    const { changes, throughSeq } = await this.#journal.changesAfter(seq, PAGE_MAX);
    const entries = changes.map((change) => ({ seq: change.seq, envelope: lateEnvelope(change.event) }));
    return { entries, throughSeq: Math.max(seq, throughSeq) };
  }
}
