/** Entry of the writer thread, the only owner of the store's files. */
import { systemClock } from '../clock.js';
import type { WriterApi } from '../protocol.js';
import { hostData, serveControl } from '../worker-host.js';
import { Store, type StoreConfig } from './store.js';

const { dataDir, batchSize, batchMs, retentionDays } = hostData<StoreConfig>();
const store = new Store({ dataDir, batchSize, batchMs, retentionDays }, systemClock);

serveControl<WriterApi>({
  open: () => store.open(),
  append: (events) =>
    answer(() => {
      store.append(events);
    }),
  query: (query) => store.query(query),
  event: (id) => store.event(id),
  loadState: (key) => answer(() => store.loadState(key)),
  saveState: (key, value) =>
    answer(() => {
      store.saveState(key, value);
    }),
  stats: () => answer(() => store.stats()),
  stop: () => store.stop(),
});

/** What the store does while the caller waits, as the promise a control call wants. */
function answer<T>(run: () => T): Promise<T> {
  return Promise.resolve().then(run);
}
