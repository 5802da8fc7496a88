// A camera worker that opens any stream at once, and dies of it shortly after where the URL says so.
import { hostData, serveControl } from '../../dist/worker-host.js';

const { events } = hostData();
const progress = setInterval(() => events.postMessage({ type: 'progress', counters: {} }), 20);

serveControl({
  async open({ url }) {
    if (url === 'poison') {
      setTimeout(() => {
        throw new Error('poisoned');
      }, 30);
    }
    return { width: 64, height: 48, fps: 10, codec: 'none' };
  },
  async setLive() {},
  async stop() {
    clearInterval(progress);
  },
});
