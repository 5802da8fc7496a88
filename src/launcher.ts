#!/usr/bin/env node
/**
 * Starts the product, and starts it again when it dies: after a native crash, when it gives itself up, or when its main
 * thread is stuck. A first start that fails is not repeated: its reason is on the screen.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelayMs, recentFailures, type RestartPolicy } from './actors/kernel/restart-policy.js';
import { every, systemClock as clock } from './clock.js';
import { HEARTBEAT_MS, type LaunchedMessage } from './launched.js';
import { createLogger } from './log.js';
import { packagePath } from './paths.js';

/** Unlike a camera's thread, the product is never given up: nobody is there at night. */
const policy: RestartPolicy = {
  firstDelayMs: 250,
  maxDelayMs: 30_000,
  jitter: 0,
  maxFailures: Infinity,
  windowMs: 600_000,
};
/** A main thread that says nothing for so long is stuck. */
const SILENCE_MS = 7_000;
/** Once asked, the product goes by itself within 10 s. */
const STOP_MS = 10_000;
/** Native calls of several threads wait in the pool of libuv, whose usual 4 are too few. */
const UV_THREADPOOL_SIZE = '16';
const STDERR = 2;

/** What is known of the product that runs. */
interface Run {
  child: ChildProcess;
  /** Null before the API answers. */
  lastBeatMs: number | null;
  restart: boolean;
}

const log = createLogger('info', STDERR);
const stopping = new AbortController();
const isStopping = (): boolean => stopping.signal.aborted;
let run = start();

process.on('SIGHUP', (signal) => run.child.kill(signal));
for (const asked of ['SIGTERM', 'SIGINT'] as const) {
  process.on(asked, () => {
    stopping.abort();
    run.child.kill(asked);
    clock.after(STOP_MS, () => run.child.kill('SIGKILL'));
  });
}

let failuresMs: number[] = [];
let restart = false;
for (;;) {
  const code = await endOf(run);
  restart ||= run.restart;
  process.exitCode = code ?? 1;
  if (isStopping() || code === 0 || !restart) break;
  const nowMs = clock.monotonicMs();
  failuresMs = [...recentFailures(policy, failuresMs, nowMs), nowMs];
  const restartInMs = backoffDelayMs(policy, failuresMs.length, 0);
  log.error(
    { code, signal: run.child.signalCode, restart_in_ms: restartInMs },
    'the product ended; it is started again',
  );
  await sleep(restartInMs, undefined, stopping).catch(() => undefined);
  if (isStopping()) break;
  run = start();
}

function start(): Run {
  const child = spawn(process.execPath, [packagePath('dist/main.js'), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { UV_THREADPOOL_SIZE, ...process.env },
    // A group of its own: the terminal's ^C reaches it once, through here.
    detached: true,
  });
  const started: Run = { child, lastBeatMs: null, restart: false };
  child.on('message', (message: LaunchedMessage) => {
    started.lastBeatMs = clock.monotonicMs();
    if (message.type === 'listening') started.restart = message.restart;
  });
  return started;
}

/** The exit code; null when a signal ended it. */
async function endOf(watched: Run): Promise<number | null> {
  const cancelWatch = killWhenStuck(watched);
  const [code] = (await once(watched.child, 'exit')) as [number | null];
  cancelWatch();
  return code;
}

/** Nothing gentler than SIGKILL reaches a product whose main thread is stuck. */
function killWhenStuck(watched: Run): () => void {
  let lastCheckMs = clock.monotonicMs();
  return every(clock, HEARTBEAT_MS, () => {
    const nowMs = clock.monotonicMs();
    // This process stood still as well: a laptop's lid, a virtual machine that was moved.
    const stoodStill = nowMs - lastCheckMs > 2 * HEARTBEAT_MS;
    lastCheckMs = nowMs;
    if (watched.lastBeatMs === null) return;
    if (stoodStill) watched.lastBeatMs = nowMs;
    const silentMs = Math.round(nowMs - watched.lastBeatMs);
    if (silentMs < SILENCE_MS) return;
    log.fatal({ silentMs }, 'the main thread is stuck; the product is killed');
    watched.child.kill('SIGKILL');
  });
}
