/**
 * Required by every thread of a product that is measured: says which thread of the operating system (Linux) it is, in a
 * file of that name in the folder THREAD_NAMES_DIR. The main thread says, too, which threads V8 had started before it.
 */
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { isMainThread } = require('node:worker_threads');

const dir = process.env.THREAD_NAMES_DIR;
const id = readFileSync('/proc/thread-self/stat', 'utf8').split(' ')[0];

function tell(thread, name) {
  writeFileSync(path.join(dir, thread), name);
}

if (isMainThread) {
  for (const thread of readdirSync('/proc/self/task')) tell(thread, thread === id ? 'main' : 'v8');
} else {
  // Node.js says what a worker runs once it has loaded what is required before.
  setImmediate(() => {
    tell(id, path.basename(process.argv[1] ?? 'worker'));
  });
}
