/** The comparisons of the parts with baselines, by `bench/micro.ts` as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { packagePath } from '../../src/paths.js';
import type { Ratio } from '../micro/measure.js';

export interface RatioOptions {
  quick: boolean;
  /** Ends it; what it has measured by then is kept. */
  signal: AbortSignal;
  /** What is measured now, or why something is not. */
  onLine: (line: string) => void;
}

/** Writes bench/out/ratios.json, too. Throws when something is measured wrongly. */
export async function measureRatios({ quick, signal, onLine }: RatioOptions): Promise<Ratio[]> {
  const file = packagePath('bench/out/ratios.json');
  rmSync(file, { force: true });
  if (signal.aborted) return [];
  const args = ['--import', 'tsx', '--import', './bench/micro/compiled.mjs', 'bench/micro.ts'];
  // A group of its own, which its children are in, too.
  const child = spawn(process.execPath, [...args, ...(quick ? ['--quick'] : [])], {
    cwd: packagePath('.'),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', kill);
  process.once('exit', kill);
  const said: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    said.push(line);
    onLine(line);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', kill);
  process.off('exit', kill);
  if (code !== 0 && child.signalCode !== 'SIGKILL')
    throw new Error(`bench/micro.ts ended with ${String(code)}:\n${said.join('\n')}`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ratio[]) : [];
}
