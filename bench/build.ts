/** Compiles the product, which is measured as it ships, in dist/. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { packagePath } from '../src/paths.js';

/** Throws with what the compiler said when it cannot be compiled. `signal` ends it. */
export async function buildProduct(signal: AbortSignal): Promise<void> {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const child = spawn(process.execPath, [compiler, '-b', packagePath('.')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the product cannot be compiled:\n${said}`);
}
