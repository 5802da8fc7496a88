import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  AlertChange,
  AlertPage,
  AlertQuery,
  AlertRecord,
  SavedAlertBook,
} from '../../alerting/alert-record.js';
import { wait, type Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { AnomalyEvent } from '../../event.js';
import { workerEntry } from '../../paths.js';
import type {
  EventChanges,
  EventExport,
  EventFilters,
  EventPage,
  EventQuery,
  EventSummary,
  ExportFormat,
  StoreStats,
  SummaryQuery,
  WriterApi,
} from '../../store-api.js';
import type { Trace, TraceQuery, TraceSummary } from '../../trace.js';
import { Mailbox } from '../kernel/mailbox.js';
import { backoffDelayMs, threadRestartPolicy } from '../kernel/restart-policy.js';
import type { Child } from '../kernel/supervisor.js';
import { Thread } from '../kernel/thread.js';
import { links } from '../kernel/topology.js';

const OPEN_DEADLINE_MS = 60_000;
const WRITE_DEADLINE_MS = 15_000;
const READ_DEADLINE_MS = 10_000;
const EXPORT_DEADLINE_MS = 300_000;
/** Events of one durable write at most. */
const MAX_BATCH = 1_000;

interface Pending {
  event: AnomalyEvent;
  durable: (seq: number) => void;
}

export interface WriterOptions {
  dataDir: string;
  batchSize: number;
  batchMs: number;
  retentionDays: number;
  clock: Clock;
  random: () => number;
  onFailure: (error: AppError) => void;
}

/**
 * The writer's client side: hands events to the writer thread and tells when they are durable. While the disk does
 * not take them they wait here, bounded, and `failure` says why.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #pending = new Mailbox<Pending>(links.events);
  #thread: Thread<WriterApi> | null = null;
  #failure: AppError | null = null;

  constructor(options: WriterOptions) {
    this.#options = options;
    void this.#writeLoop();
  }

  /** Why events are not being stored; null while they are. */
  get failure(): AppError | null {
    return this.#failure;
  }

  get waiting(): number {
    return this.#pending.counts.held;
  }

  /** Opens the store in a new thread; for the supervisor. Throws `store.*`. */
  async start(): Promise<Child> {
    const { dataDir, batchSize, batchMs, retentionDays, clock } = this.#options;
    const data = { dataDir, batchSize, batchMs, retentionDays };
    const thread = new Thread<WriterApi>({ entry: workerEntry('writer'), name: 'writer', data, clock });
    try {
      await thread.call('open', [], OPEN_DEADLINE_MS);
    } catch (error) {
      await thread.stop(WRITE_DEADLINE_MS);
      throw error;
    }
    this.#thread = thread;
    const exited = thread.exited.then(({ error }) => {
      this.#thread = null;
      return error;
    });
    return { exited, stop: (deadlineMs) => thread.stop(deadlineMs) };
  }

  /** Resolves with the state's `seq` when it is on disk and synced. Waits as long as the disk refuses. */
  append(event: AnomalyEvent): Promise<number> {
    return new Promise((durable) => void this.#pending.put({ event, durable }));
  }

  async query(query: EventQuery): Promise<EventPage> {
    return this.#open().call('query', [query], READ_DEADLINE_MS);
  }

  async summary(query: SummaryQuery): Promise<EventSummary> {
    return this.#open().call('summary', [query], READ_DEADLINE_MS);
  }

  /** Whoever asks removes the file. Throws `store.overloaded` while another export is written. */
  async exportEvents(filters: EventFilters, format: ExportFormat): Promise<EventExport> {
    return this.#open().call('exportEvents', [filters, format], EXPORT_DEADLINE_MS);
  }

  async event(id: string): Promise<AnomalyEvent | null> {
    return this.#open().call('event', [id], READ_DEADLINE_MS);
  }

  /** The states after `seq`, at most `limit` of them; of each event only its latest. */
  async changesAfter(seq: number, limit: number): Promise<EventChanges> {
    return this.#open().call('changesAfter', [seq, limit], READ_DEADLINE_MS);
  }

  async loadState(key: string): Promise<unknown> {
    return this.#open().call('loadState', [key], READ_DEADLINE_MS);
  }

  async saveState(key: string, value: unknown): Promise<void> {
    return this.#open().call('saveState', [key, value], WRITE_DEADLINE_MS);
  }

  /** Resolves when every read finds the trace. */
  async saveTrace(trace: Trace): Promise<void> {
    return this.#open().call('saveTrace', [trace], WRITE_DEADLINE_MS);
  }

  async trace(id: string): Promise<Trace | null> {
    return this.#open().call('trace', [id], READ_DEADLINE_MS);
  }

  async traces(query: TraceQuery): Promise<TraceSummary[]> {
    return this.#open().call('traces', [query], READ_DEADLINE_MS);
  }

  async alertBook(): Promise<SavedAlertBook> {
    return this.#open().call('alertBook', [], READ_DEADLINE_MS);
  }

  /** Resolves when all of the change is on disk and synced. Throws `store.*`. */
  async commitAlerts(change: AlertChange): Promise<void> {
    return this.#open().call('commitAlerts', [change], WRITE_DEADLINE_MS);
  }

  async alert(id: string): Promise<AlertRecord | null> {
    return this.#open().call('alert', [id], READ_DEADLINE_MS);
  }

  /** Newest first. */
  async alerts(query: AlertQuery): Promise<AlertPage> {
    return this.#open().call('alerts', [query], READ_DEADLINE_MS);
  }

  async stats(): Promise<StoreStats> {
    return this.#open().call('stats', [], READ_DEADLINE_MS);
  }

  #open(): Thread<WriterApi> {
    if (this.#thread === null)
      throw new AppError('store.open_failed', 'the store is not open; it is being opened again');
    return this.#thread;
  }

  /** One durable write in flight; whatever arrives meanwhile goes into the next. */
  async #writeLoop(): Promise<void> {
    for (;;) {
      const first = await this.#pending.take();
      if (first === undefined) return;
      await nextTurn();
      const batch = [first];
      while (batch.length < MAX_BATCH) {
        const next = this.#pending.tryTake();
        if (next === undefined) break;
        batch.push(next);
      }
      const firstSeq = await this.#writeUntilDurable(batch.map(({ event }) => event));
      for (const [place, { durable }] of batch.entries()) durable(firstSeq + place);
    }
  }

  async #writeUntilDurable(events: AnomalyEvent[]): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const firstSeq = await this.#open().call('append', [events], WRITE_DEADLINE_MS);
        this.#failure = null;
        return firstSeq;
      } catch (thrown) {
        this.#failure = AppError.from(thrown);
        this.#options.onFailure(this.#failure);
        const delayMs = backoffDelayMs(threadRestartPolicy, attempt, this.#options.random());
        await wait(this.#options.clock, delayMs);
      }
    }
  }
}
