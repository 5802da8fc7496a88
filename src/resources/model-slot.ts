import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { LedgerEntry, ModelDeclaration, Residence } from './ledger.js';

/** How a model comes and goes. The pool never calls one while the other is under way. */
export interface ModelLoader {
  /** `measuredMb`: what it takes in fact, MiB; null when nobody can tell. */
  load(): Promise<{ measuredMb: number | null }>;
  /** Resolves also when it is gone already, as after its thread died. */
  unload(): Promise<void>;
}

interface Waiter {
  granted(): void;
  refused(error: AppError): void;
}

/** A model of the pool: its state, and who uses it or waits for it. */
export interface ModelSlot<Name extends string = string> {
  readonly declaration: ModelDeclaration<Name>;
  readonly loader: ModelLoader;
  residence: Residence;
  users: number;
  /** Of the clock, when its last use ended. */
  idleSinceMs: number;
  waiters: Waiter[];
  /** MiB; null while it is not loaded, and when nobody can tell. */
  measuredMb: number | null;
  /** Why the last attempt to load it failed, and until when nobody tries again. */
  failure: { error: AppError; untilMs: number } | null;
  /** Everything else must go before it is loaded: there was less memory than the budget says. */
  alone: boolean;
  /** It could not be unloaded, and waits for the next attempt. */
  stuck: boolean;
  /** Stops the clock that would unload it. */
  cancelUnload: () => void;
  readonly counts: { loads: number; unloads: number; failures: number };
}

/** Uses that may wait for one model. */
const MAX_WAITING = 1_000;

export function emptySlot<Name extends string>(
  declaration: ModelDeclaration<Name>,
  loader: ModelLoader,
): ModelSlot<Name> {
  return {
    declaration,
    loader,
    residence: 'unloaded',
    users: 0,
    idleSinceMs: 0,
    waiters: [],
    measuredMb: null,
    failure: null,
    alone: false,
    stuck: false,
    cancelUnload: () => undefined,
    counts: { loads: 0, unloads: 0, failures: 0 },
  };
}

/** The slot as the ledger sees it. */
export function entryOf<Name extends string>(slot: ModelSlot<Name>, nowMs: number): LedgerEntry<Name> {
  const { declaration, residence, users, idleSinceMs } = slot;
  return { ...declaration, residence, users, idleMs: users > 0 ? 0 : nowMs - idleSinceMs };
}

/**
 * Resolves when the slot's waiters are granted, and rejects when they are refused. Once `patienceMs` are over it
 * rejects with what `impatient` gives; a load under way is always waited for.
 */
export function waitForTurn(
  slot: ModelSlot,
  clock: Clock,
  { patienceMs, impatient }: { patienceMs: number; impatient: () => AppError },
): Promise<void> {
  const { name } = slot.declaration;
  if (slot.waiters.length >= MAX_WAITING) {
    const message = `${MAX_WAITING} uses of the model ${name} wait already`;
    return Promise.reject(new AppError('model.over_budget', message, { model: name }));
  }
  return new Promise((resolve, reject) => {
    let cancel = clock.after(patienceMs, giveUp);
    const waiter = {
      granted(): void {
        cancel();
        resolve();
      },
      refused(error: AppError): void {
        cancel();
        reject(error);
      },
    };
    slot.waiters.push(waiter);

    function giveUp(): void {
      if (slot.residence === 'loading') {
        cancel = clock.after(patienceMs, giveUp);
        return;
      }
      slot.waiters = slot.waiters.filter((other) => other !== waiter);
      reject(impatient());
    }
  });
}

/** Makes users of all who wait. */
export function grantAll(slot: ModelSlot): void {
  slot.cancelUnload();
  slot.users += slot.waiters.length;
  for (const waiter of slot.waiters.splice(0)) waiter.granted();
}

export function refuseAll(slot: ModelSlot, error: AppError): void {
  for (const waiter of slot.waiters.splice(0)) waiter.refused(error);
}

/** The model is no longer in memory. */
export function vacate(slot: ModelSlot): void {
  slot.cancelUnload();
  slot.residence = 'unloaded';
  slot.measuredMb = null;
  slot.stuck = false;
}
