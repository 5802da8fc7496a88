import type { Clock } from '../../clock.js';
import type { Trace, UntimedStep } from '../../trace.js';
import type { OpenTrace } from './open-trace.js';
import type { TraceSaver } from './trace-saver.js';

/** Traces of events that are being written, or stored, at most. */
const MAX_OPEN = 256;
/** Milliseconds for which a trace waits for what follows the last state of its event: the alert. */
const LINGER_MS = 3_000;

interface Live {
  trace: OpenTrace;
  state: Trace['state'];
  isStoring: boolean;
  cancelStoring: () => void;
}

/** The traces of events from their first moment until they are stored. When there are too many, the oldest is cut short. */
export class EventTraces {
  readonly #clock: Clock;
  readonly #saver: TraceSaver;
  /** By event, oldest first. */
  readonly #live = new Map<string, Live>();
  readonly #counts = { cutShort: 0, stepsLost: 0 };

  constructor(clock: Clock, saver: TraceSaver) {
    this.#clock = clock;
    this.#saver = saver;
  }

  get counters(): { open: number; cutShort: number; stepsLost: number } {
    return { open: this.#live.size, ...this.#counts };
  }

  /** As far as they went, by event. */
  get all(): Trace[] {
    return [...this.#live].map(([eventId, live]) => traceOf(eventId, live));
  }

  /** As far as it went; null when the event has none, or it is stored. */
  trace(eventId: string): Trace | null {
    const live = this.#live.get(eventId);
    return live === undefined ? null : traceOf(eventId, live);
  }

  /** What is being written; undefined when that is over. */
  get(eventId: string): OpenTrace | undefined {
    return this.#live.get(eventId)?.trace;
  }

  add(eventId: string, trace: OpenTrace): void {
    this.#makeRoom();
    this.#live.set(eventId, { trace, state: 'open', isStoring: false, cancelStoring: () => undefined });
  }

  /** Nothing for an event that has none. */
  step(eventId: string, step: UntimedStep): void {
    if (this.#live.get(eventId)?.trace.step(step) === false) this.#counts.stepsLost += 1;
  }

  /** The event has ended and is decided on: its trace is stored a moment later. */
  finished(eventId: string): void {
    const live = this.#live.get(eventId);
    if (live === undefined) return;
    live.state = 'complete';
    live.cancelStoring();
    live.cancelStoring = this.#clock.after(LINGER_MS, () => void this.#store(eventId, live));
  }

  /** Resolves when everything is stored as far as it went, or lost. */
  async storeAll(): Promise<void> {
    for (const [eventId, live] of [...this.#live]) {
      this.#cutShort(live);
      void this.#store(eventId, live);
      if (this.#saver.isFull) await this.#saver.settled();
    }
    await this.#saver.settled();
  }

  /** The oldest gives way. */
  #makeRoom(): void {
    const [oldest] = this.#live;
    if (oldest === undefined || this.#live.size < MAX_OPEN) return;
    const [eventId, live] = oldest;
    this.#cutShort(live);
    void this.#store(eventId, live);
    this.#live.delete(eventId);
  }

  #cutShort(live: Live): void {
    if (live.state !== 'open') return;
    live.state = 'cut_short';
    this.#counts.cutShort += 1;
  }

  /** It answers from memory until it does from the store. */
  async #store(eventId: string, live: Live): Promise<void> {
    live.cancelStoring();
    if (live.isStoring) return;
    live.isStoring = true;
    await this.#saver.save(traceOf(eventId, live));
    this.#live.delete(eventId);
  }
}

function traceOf(id: string, { trace, state }: Live): Trace {
  return trace.toTrace({ id, outcome: 'event', why: null, state });
}
