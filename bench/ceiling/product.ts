/** The product as a process of its own, as it is started for one number of cameras. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packagePath } from '../../src/paths.js';
import {
  namingThreads,
  threadNames,
  threadTimes,
  type ThreadNames,
  type ThreadTimes,
} from './thread-times.js';

export interface StartedProduct {
  url: string;
  /** When its process was started, as `performance.now()` tells. */
  startedMs: number;
  /** From then until it listened. */
  listeningMs: number;
  threadNames(): ThreadNames;
  /** Null where the system does not tell. */
  threadTimes(): ThreadTimes | null;
  /** Asks it to stop, waits for its end and removes its data. */
  stop(): Promise<void>;
}

/** Starts it with its own data folder. It is killed when `signal` aborts, and with this process. */
export async function startProduct(config: object, signal: AbortSignal): Promise<StartedProduct> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'nunchi-ceiling-'));
  const namesDir = path.join(dir, 'threads');
  mkdirSync(namesDir);
  const file = path.join(dir, 'nunchi.yaml');
  writeFileSync(file, JSON.stringify({ ...config, data_dir: path.join(dir, 'data') }));
  const { execArgv, env } = namingThreads(namesDir);
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...execArgv, packagePath('dist/main.js'), '--config', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ownEnvironment(), ...env, UV_THREADPOOL_SIZE: '16' },
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  process.once('exit', kill);
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    signal.removeEventListener('abort', kill);
    process.off('exit', kill);
    rmSync(dir, { recursive: true, force: true });
  }
  try {
    const url = await listening(child);
    return {
      url,
      startedMs,
      listeningMs: performance.now() - startedMs,
      threadNames: () => threadNames(namesDir),
      threadTimes: () => threadTimes(child.pid ?? 0),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Without settings of a product that runs here. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NUNCHI_')));
}

const LOG_CHARACTERS = 2_000;

/** Where it listens. Throws with the end of its log when it ends before. */
async function listening(child: ChildProcess): Promise<string> {
  let log = '';
  child.stderr?.on('data', (text: Buffer) => (log = (log + text.toString()).slice(-LOG_CHARACTERS)));
  let said = '';
  for await (const text of child.stdout ?? []) {
    said += String(text);
    const url = /^listening on (http:\S+)$/m.exec(said)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the product ended before it listened:\n${log}`);
}
