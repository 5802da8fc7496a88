#!/usr/bin/env node
/** The process: command line in, signals and exit code out. */
import { readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runAlerts } from './alerting/alerts-command.js';
import { runBench } from './bench-command.js';
import { runCalibrate } from './camera/calibrate-command.js';
import { runCommandLine } from './cli.js';
import { openChannel } from './channels/open-channel.js';
import { systemClock } from './clock.js';
import { AppError } from './errors.js';
import { reportToLauncher } from './launched.js';
import { createLogger } from './log.js';
import { runModels } from './models/models-command.js';
import { divertNativeOutput, type ProductOutput } from './native-output.js';
import { startNunchi } from './nunchi.js';
import { packagePath } from './paths.js';
import type { Launch } from './product-options.js';
import { runTokens } from './access/tokens-command.js';
import { prepareDataFolder } from './workers/store/data-folder.js';

/** After this long a thread that does not stop is given up; the process must be gone 10 s after SIGTERM. */
const STOP_DEADLINE_MS = 9_000;
const TRIM_PERIOD_MS = 3_600_000;

/** Where the product itself writes: elsewhere once the output of native libraries is diverted. */
let output: Pick<ProductOutput, 'stdout' | 'stderr'> = { stdout: 1, stderr: 2 };

async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  await runCommandLine(process.argv.slice(2), process.env, version, {
    watch: (launch) => watch(launch, version),
    async evaluate(settings) {
      // Only here: it brings decoder and model runtime into this thread.
      const { runEval } = await import('./eval/eval-command.js');
      process.exitCode = await runEval(settings);
    },
    async bench(args) {
      process.exitCode = await runBench(args);
    },
    calibrate: (settings) => runCalibrate(settings, { status: process.stderr, result: process.stdout, wait }),
    tokens: (request, config) =>
      runTokens(request, config, { status: process.stderr, result: process.stdout, clock: systemClock }),
    alerts: (request, config) =>
      runAlerts(request, config.alerts, {
        clock: systemClock,
        result: process.stdout,
        open: (_name, channel, allowTargets) =>
          openChannel(channel, { allowTargets, clock: systemClock, random: Math.random }),
      }),
    async models(request, config) {
      const enough = new AbortController();
      process.once('SIGINT', () => {
        enough.abort();
      });
      process.once('SIGTERM', () => {
        enough.abort();
      });
      const host = { status: process.stderr, result: process.stdout, signal: enough.signal };
      await runModels(request, config, host);
    },
  });
}

/** Runs the product until it is over or told to stop. */
async function watch(launch: Launch, version: string): Promise<void> {
  const log = createLogger(launch.config.log.level, divertOutput(launch.config.data_dir));
  process.on('uncaughtExceptionMonitor', (error) => {
    log.fatal({ ...AppError.from(error).toRecord() }, 'crashed');
  });
  let abandon = (): void => undefined;
  const asked = new Promise<null>((resolve) => {
    abandon = () => {
      log.warn('the launcher is gone: stopping');
      resolve(null);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        log.info({ signal }, 'stopping');
        resolve(null);
      });
    }
  });
  const nunchi = await startNunchi(launch, log, version);
  process.on('SIGHUP', () => void nunchi.reload());
  writeSync(output.stdout, `listening on ${nunchi.url}\n`);
  reportToLauncher(!launch.once, abandon);
  const failure = await Promise.race([nunchi.ended, asked]);
  if (failure !== null) log.fatal({ ...failure.toRecord() }, 'giving up; start me again');
  setTimeout(() => {
    log.fatal('a thread did not stop');
    leave();
  }, STOP_DEADLINE_MS).unref();
  const stuck = await nunchi.stop();
  if (stuck.length > 0) {
    log.fatal({ stuck }, 'these did not stop');
    leave();
  }
  process.exitCode = failure === null ? 0 : 1;
}

/** llama.cpp talks: into a file beside the store. Returns the descriptor for the product's own log. */
function divertOutput(dataDir: string): number {
  prepareDataFolder(dataDir);
  const diverted = divertNativeOutput(path.join(dataDir, 'native.log'));
  output = diverted;
  setInterval(() => {
    diverted.trim();
  }, TRIM_PERIOD_MS).unref();
  return diverted.stderr;
}

/** Exiting while a native call is in flight would abort with a core dump: what is durable is safe, so just go. */
function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}

main().catch((thrown: unknown) => {
  const error = AppError.from(thrown);
  const details = error.kind === 'bug' ? `\n${String(error.stack)}` : '';
  writeSync(output.stderr, `nunchi: ${error.message}${details}\n`);
  process.exitCode = 1;
});
