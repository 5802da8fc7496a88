/** `nunchi bench`: the benchmark of the repository, told what the configuration says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Config } from './config/config.js';
import { AppError } from './errors.js';
import { packagePath } from './paths.js';

/** What the benchmark is started with, its own options as they were given coming last: they win. */
export type BenchArguments = readonly string[];

/**
 * Adds `nunchi bench` to the command line; `--help` and all other options are the benchmark's own, whose command line
 * is read there. Throws `config.invalid`, and what `run` throws.
 */
export function addBenchCommand(
  program: Command,
  config: () => Config,
  run: (args: BenchArguments) => Promise<void>,
): void {
  program
    .command('bench')
    .description('finds how many cameras fit on this machine; --plan has the product warn of more')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[options...]')
    .action((_options: string[], _parsed: object, command: Command) =>
      run([...argumentsOf(config()), ...command.args]),
    );
}

function argumentsOf({ data_dir, defaults, decode }: Config): string[] {
  return [
    ...['--data-dir', path.resolve(data_dir)],
    ...['--vad-model', defaults.vad.model, '--vad-fps', String(defaults.vad.fps)],
    ...['--decode', decode.backend, '--hardware', decode.hardware, '--ffmpeg', decode.ffmpeg],
  ];
}

/**
 * Runs it as a process of its own, which gets the signals of this one. Resolves with its exit code. Throws
 * `bench.missing` where only what the product needs was installed. `root`: the package's folder.
 */
export async function runBench(args: BenchArguments, root = packagePath('.')): Promise<number> {
  const script = path.join(root, 'bench/ceiling.ts');
  const loader = path.join(root, 'node_modules/tsx/dist/loader.mjs');
  if (!existsSync(script) || !existsSync(loader))
    throw new AppError(
      'bench.missing',
      'the benchmark wants the whole repository: run npm ci there, without --omit=dev',
    );
  const child = spawn(process.execPath, ['--import', loader, script, ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
