// A worker for tests of the thread helper: answers, fails, hangs, crashes or leaves on request.
import { AppError } from '../../dist/errors.js';
import { hostData, serveControl } from '../../dist/worker-host.js';

const { events, greeting } = hostData();
const alive = setInterval(() => undefined, 60_000);

serveControl({
  async greet(name) {
    return `${greeting} ${name}`;
  },
  async bytes(length) {
    return new Uint8Array(length).fill(7).buffer;
  },
  async refuse() {
    throw new AppError('camera.open_failed', 'refused', { port: 554 }, new Error('ECONNREFUSED'));
  },
  async blunder() {
    return undefined.nothing;
  },
  hang: () => new Promise(() => undefined),
  async crash() {
    setImmediate(() => {
      throw new Error('crashed');
    });
  },
  async leave() {
    clearInterval(alive);
    setImmediate(() => process.exit(0));
  },
  async report() {
    events.postMessage({ type: 'report' });
  },
  async stop() {
    if (greeting === 'deaf') await new Promise(() => undefined);
    clearInterval(alive);
  },
});
