import { AppError } from '../errors.js';
import type { LedgerEntry } from './ledger.js';

/** What a failed attempt to load is told as: with the loader's own code, or as `model.load_failed`. */
export function loadError(name: string, thrown: unknown): AppError {
  const error = AppError.from(thrown);
  if (error.kind !== 'bug') return error;
  const message = `the model ${name} cannot be loaded: ${error.message}`;
  return new AppError('model.load_failed', message, { model: name }, thrown);
}

/** There is no room: says what takes it, what is needed, and what to change. */
export function overBudget(name: string, budgetMb: number, entries: readonly LedgerEntry[]): AppError {
  const wanted = entries.find((entry) => entry.name === name);
  const others = entries.filter((entry) => entry.name !== name && entry.residence !== 'unloaded');
  const taken = others.map((entry) => `${entry.name} (${entry.declaredMb} MiB)`).join(', ');
  const message = [
    `no room for the model ${name}: it needs ${wanted?.declaredMb ?? 0} of the ${budgetMb} MiB of resources.vram_mb`,
    taken === '' ? 'nothing else is loaded' : `loaded: ${taken}`,
    `raise resources.vram_mb or lower ${wanted?.setting ?? ''}`,
  ].join('; ');
  return new AppError('model.over_budget', message, { model: name, budgetMb });
}

/** The pool is closed. */
export function poolClosed(name: string): AppError {
  const message = `the model ${name} cannot be used any more: the product stops`;
  return new AppError('model.load_failed', message, { model: name });
}
