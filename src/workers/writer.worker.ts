/** Entry of the writer thread, the only owner of the store's files. */
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import type { WriterApi } from '../store-api.js';
import { hostData, serveControl } from '../worker-host.js';
import { AlertLog } from './store/alert-log.js';
import { Store, type StoreConfig } from './store/store.js';
import { TraceStore } from './store/trace-store.js';

const MAX_TRACES = 20_000;
/** Of one camera's traces that became nothing. */
const MAX_NOTHINGS = 200;
const MAX_ALERTS = 10_000;
/** Of events that nobody was told of. */
const MAX_SUPPRESSED = 5_000;

const { dataDir, batchSize, batchMs, retentionDays } = hostData<StoreConfig>();
const store = new Store({ dataDir, batchSize, batchMs, retentionDays }, systemClock);
let traceStore: TraceStore | null = null;
let alertLog: AlertLog | null = null;

serveControl<WriterApi>({
  async open() {
    const stats = await store.open();
    // What explains events must not keep them from being stored; whoever asks for traces hears what is wrong.
    await answer(traces).catch(() => undefined);
    return stats;
  },
  append: (events) => answer(() => store.append(events)),
  query: (query) => store.query(query),
  summary: (query) => store.summary(query),
  exportEvents: (filters, format) => store.exportEvents(filters, format),
  event: (id) => store.event(id),
  changesAfter: (seq, limit) => answer(() => store.changesAfter(seq, limit)),
  loadState: (key) => answer(() => store.loadState(key)),
  saveState: (key, value) =>
    answer(() => {
      store.saveState(key, value);
    }),
  saveTrace: (trace) => answer(() => traces().save(trace)),
  trace: (id) => answer(() => traces().trace(id)),
  traces: (query) => answer(() => traces().traces(query)),
  alertBook: () => answer(() => alerts().book()),
  commitAlerts: (change) =>
    answer(() => {
      alerts().commit(change);
    }),
  alert: (id) => answer(() => alerts().record(id)),
  alerts: (query) => answer(() => alerts().page(query)),
  stats: () => answer(() => store.stats()),
  async stop() {
    await traceStore?.close();
    await alertLog?.close();
    await store.stop();
  },
});

/** Opens the traces if they are not open yet. Throws `store.open_failed`. */
function traces(): TraceStore {
  const limits = { traces: MAX_TRACES, nothings: MAX_NOTHINGS, retentionDays };
  traceStore ??= new TraceStore(join(dataDir, 'traces'), limits, systemClock);
  return traceStore;
}

/** Opens the alerts if they are not open yet. Throws `store.open_failed`. */
function alerts(): AlertLog {
  const limits = { records: MAX_ALERTS, suppressed: MAX_SUPPRESSED, retentionDays };
  alertLog ??= new AlertLog(join(dataDir, 'alerts'), limits, systemClock);
  return alertLog;
}

/** What the store does while the caller waits, as the promise a control call wants. */
function answer<T>(run: () => T | Promise<T>): Promise<T> {
  return Promise.resolve().then(run);
}
