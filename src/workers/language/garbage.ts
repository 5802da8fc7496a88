import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects what this thread no longer refers to, native objects included, which V8 takes for small and would keep for
 * long. Takes some milliseconds.
 */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  // Destructors of native objects run after it.
  await nextTurn();
}
