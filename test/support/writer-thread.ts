import { Thread } from '../../src/actors/kernel/thread.js';
import { systemClock } from '../../src/clock.js';
import type { AnomalyEvent } from '../../src/event.js';
import { workerEntry } from '../../src/paths.js';
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
} from '../../src/store-api.js';
import type { Trace, TraceQuery, TraceSummary } from '../../src/trace.js';
import type { StoreConfig } from '../../src/workers/store/store.js';

const deadlineMs = 15_000;

/** The real writer thread (as compiled) on `dataDir`, not opened yet. */
export class WriterThread {
  readonly thread: Thread<WriterApi>;

  /** Left to itself it flushes at 10 events and never for their age. */
  constructor(dataDir: string, config: Partial<StoreConfig> = {}) {
    this.thread = new Thread<WriterApi>({
      entry: workerEntry('writer'),
      name: 'writer',
      data: { dataDir, batchSize: 10, batchMs: 600_000, retentionDays: 30, ...config },
      clock: systemClock,
    });
  }

  open(): Promise<StoreStats> {
    return this.thread.call('open', [], deadlineMs);
  }

  append(...events: AnomalyEvent[]): Promise<number> {
    return this.thread.call('append', [events], deadlineMs);
  }

  query(query: Partial<EventQuery> = {}): Promise<EventPage> {
    return this.thread.call('query', [{ limit: 500, ...query }], deadlineMs);
  }

  summary(query: SummaryQuery): Promise<EventSummary> {
    return this.thread.call('summary', [query], deadlineMs);
  }

  exportEvents(filters: EventFilters, format: ExportFormat): Promise<EventExport> {
    return this.thread.call('exportEvents', [filters, format], deadlineMs);
  }

  changesAfter(seq: number, limit: number): Promise<EventChanges> {
    return this.thread.call('changesAfter', [seq, limit], deadlineMs);
  }

  event(id: string): Promise<AnomalyEvent | null> {
    return this.thread.call('event', [id], deadlineMs);
  }

  saveTrace(trace: Trace): Promise<void> {
    return this.thread.call('saveTrace', [trace], deadlineMs);
  }

  trace(id: string): Promise<Trace | null> {
    return this.thread.call('trace', [id], deadlineMs);
  }

  traces(query: TraceQuery): Promise<TraceSummary[]> {
    return this.thread.call('traces', [query], deadlineMs);
  }

  stats(): Promise<StoreStats> {
    return this.thread.call('stats', [], deadlineMs);
  }

  stop(): Promise<void> {
    return this.thread.stop(deadlineMs);
  }

  /** Every event, newest first, page by page. */
  async all(query: Partial<EventQuery> = {}): Promise<AnomalyEvent[]> {
    const events: AnomalyEvent[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.query({ ...query, cursor });
      events.push(...page.events);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return events;
  }
}

/** Runs `use` on an open writer and stops it, whatever happens; the thread must then end by itself. */
export async function withWriter(
  dataDir: string,
  use: (writer: WriterThread) => Promise<unknown>,
  config: Partial<StoreConfig> = {},
): Promise<void> {
  const writer = new WriterThread(dataDir, config);
  try {
    await writer.open();
    await use(writer);
  } finally {
    await writer.stop();
  }
  const { error } = await writer.thread.exited;
  if (error !== null) throw error;
}
