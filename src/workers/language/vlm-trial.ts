import { fork } from 'node:child_process';
import { AppError } from '../../errors.js';
import { packagePath } from '../../paths.js';
import type { LlamaSettings } from './llama-model.js';

export interface TrialResult {
  /** Accelerators that it ran on; empty for the CPU. */
  devices: string[];
}

/** A cold file of gigabytes has to come from a slow disk. */
const TRIAL_MS = 120_000;
const MAX_SAID = 16 * 1024;

/**
 * Loads a VLM in a process of its own, where a file that llama.cpp refuses does no harm. It also brings the files into
 * the system's cache, so that the load that follows in this thread is short. Throws `model.load_failed` with what
 * llama.cpp said; `signal` ends it early.
 */
export function tryOut(settings: LlamaSettings, signal: AbortSignal): Promise<TrialResult> {
  return new Promise((resolve, reject) => {
    let said = '';
    let result: TrialResult | null = null;
    let failure: unknown = null;
    const child = fork(
      packagePath('dist/workers/language/vlm-trial.process.js'),
      [JSON.stringify(settings)],
      {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        timeout: TRIAL_MS,
        killSignal: 'SIGKILL',
        signal,
      },
    );
    child.stderr?.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-MAX_SAID)));
    child.once('message', (message) => (result = message as TrialResult));
    child.once('error', (error) => (failure = error));
    child.once('close', (code, killed) => {
      if (result !== null && code === 0) resolve(result);
      else reject(loadFailure(settings.name, reasonIn(said) ?? ended(code, killed), failure ?? said));
    });
  });
}

function loadFailure(name: string, why: string, cause: unknown): AppError {
  const message = `${name} cannot be loaded: ${why}; use a model that this version of llama.cpp knows`;
  return new AppError('model.load_failed', message, { model: name }, cause);
}

/** The first of llama.cpp's lines that tells of an error: those after it follow from it. */
function reasonIn(said: string): string | undefined {
  return /\berror[^:\n]*: ([^\n]+)/i.exec(said)?.[1];
}

function ended(code: number | null, killed: NodeJS.Signals | null): string {
  return killed === null ? `its trial ended with code ${code ?? -1}` : `its trial ended by ${killed}`;
}
