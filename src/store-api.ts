/** What the writer thread is asked, and what it answers: events, small states, traces, and how the store is doing. */
import type {
  AlertChange,
  AlertPage,
  AlertQuery,
  AlertRecord,
  SavedAlertBook,
} from './alerting/alert-record.js';
import type { AnomalyEvent } from './event.js';
import type { Trace, TraceQuery, TraceSummary } from './trace.js';

/** Which events are meant; every filter that is given must hold, and of a list one entry. An empty list allows nothing. */
export interface EventFilters {
  camera?: string[] | undefined;
  severity?: string[] | undefined;
  label?: string[] | undefined;
  verdict?: string[] | undefined;
  state?: string[] | undefined;
  /** Names of zones in which it was strongest. */
  zone?: string[] | undefined;
  /** What people said of it: `right`, `false_alarm`, or `none` for nothing. */
  feedback?: string[] | undefined;
  kept?: boolean | undefined;
  hasClip?: boolean | undefined;
  /** Unix seconds, on `start_time`; `after` inclusive, `before` exclusive. */
  after?: number | undefined;
  before?: number | undefined;
  minScore?: number | undefined;
  /** Words and "quoted phrases" that must all occur in summary, reasoning, label or camera. */
  q?: string | undefined;
}

export interface EventQuery extends EventFilters {
  /** Rows at most, 1 to 500. */
  limit: number;
  /** Opaque; from the previous page. */
  cursor?: string | undefined;
}

export interface EventPage {
  /** Newest first. */
  events: AnomalyEvent[];
  nextCursor: string | null;
}

export const summaryDimensions = ['hour', 'day', 'camera', 'label', 'severity', 'verdict'] as const;
export type SummaryDimension = (typeof summaryDimensions)[number];

export interface SummaryQuery extends EventFilters {
  /** At least one, each once. */
  by: SummaryDimension[];
  /** IANA name of the time zone in which hours and days begin. */
  timeZone: string;
}

/** Of each dimension asked for its value; an hour or a day is the Unix seconds at which it begins. */
type SummaryGroup = Partial<Record<SummaryDimension, string | number>> & {
  count: number;
  topScore: number;
};

export interface EventSummary {
  /** Ordered by their dimensions, newest hours and days first. */
  groups: SummaryGroup[];
  /** There are more groups than these: ask for less at once. */
  truncated: boolean;
}

export type ExportFormat = 'csv' | 'parquet';

/** A finished export; whoever asked for it removes the file. */
export interface EventExport {
  file: string;
  bytes: number;
}

/** A state of an event and its number in the journal, which grows with every state of any event. */
interface EventChange {
  seq: number;
  event: AnomalyEvent;
}

export interface EventChanges {
  /** In order of `seq`; of each event only its latest state. */
  changes: EventChange[];
  /** Every state up to here is among the changes, or superseded by one, or has expired: go on after it. */
  throughSeq: number;
}

/** Milliseconds, ascending: by these the flushes are told apart. */
export const flushBoundsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const;

export interface StoreStats {
  lastSeq: number;
  projectedSeq: number;
  journaled: number;
  projected: number;
  flushes: number;
  /** Milliseconds that the flushes took together. */
  flushMs: number;
  /** Flushes by how long they took: one count a bound, of those above the bound before; then those above all. */
  flushCounts: readonly number[];
  flushFailures: number;
  rebuilds: number;
  /** Reads refused because too many waited, and reads given up at their deadline. */
  readsRefused: number;
  readsCutOff: number;
}

/** Control calls of the writer worker, the only owner of the store's files. */
export interface WriterApi {
  /** Opens the store, replays what DuckDB lacks, and closes episodes that a crash left open. */
  open(): Promise<StoreStats>;
  /**
   * Resolves when every event is on disk and synced, in order, with the `seq` of the first; the others follow by one.
   * An event with a known id replaces the older state.
   */
  append(events: AnomalyEvent[]): Promise<number>;
  query(query: EventQuery): Promise<EventPage>;
  summary(query: SummaryQuery): Promise<EventSummary>;
  /** Writes the events to a file in the order in which they last changed. One at a time: throws `store.overloaded`. */
  exportEvents(filters: EventFilters, format: ExportFormat): Promise<EventExport>;
  event(id: string): Promise<AnomalyEvent | null>;
  /** The states after `seq`, at most `limit` of them. */
  changesAfter(seq: number, limit: number): Promise<EventChanges>;
  /** Small durable values beside the events, such as the alert state. */
  loadState(key: string): Promise<unknown>;
  saveState(key: string, value: unknown): Promise<void>;
  /** Resolves when the trace is found by every read; a power cut may still lose it. */
  saveTrace(trace: Trace): Promise<void>;
  trace(id: string): Promise<Trace | null>;
  /** Newest first. */
  traces(query: TraceQuery): Promise<TraceSummary[]>;
  /** What the last run left of alerts, for this one to take up. */
  alertBook(): Promise<SavedAlertBook>;
  /** Resolves when all of the change is on disk and synced. */
  commitAlerts(change: AlertChange): Promise<void>;
  alert(id: string): Promise<AlertRecord | null>;
  alerts(query: AlertQuery): Promise<AlertPage>;
  stats(): Promise<StoreStats>;
  /** Projects what waits, closes the files and lets the thread run out. */
  stop(): Promise<void>;
}
