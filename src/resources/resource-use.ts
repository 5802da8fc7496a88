import { MS_PER_S } from '../units.js';
import { declaredMb, type Residence } from './ledger.js';
import { entryOf, type ModelSlot } from './model-slot.js';

/** What a model takes, and what became of it so far. */
interface ModelUse<Name extends string = string> {
  name: Name;
  declaredMb: number;
  /** What it takes in fact, MiB; null while it is not loaded, and when nobody can tell. */
  measuredMb: number | null;
  state: Residence;
  users: number;
  waiting: number;
  /** Totals of this process; failures are those to load and to unload. */
  loads: number;
  unloads: number;
  failures: number;
  /** Seconds since its last use ended; 0 while it is used, and while it is not loaded. */
  idleS: number;
}

export interface ResourceUse<Name extends string = string> {
  budgetMb: number;
  /** What the models that are loaded, or on their way in or out, may take; never above the budget. */
  declaredMb: number;
  /** Uses that were refused for want of room. */
  refused: number;
  models: ModelUse<Name>[];
}

function modelUse<Name extends string>(slot: ModelSlot<Name>, nowMs: number): ModelUse<Name> {
  const { name, declaredMb: mb, residence, users, idleMs } = entryOf(slot, nowMs);
  return {
    name,
    declaredMb: mb,
    measuredMb: slot.measuredMb,
    state: residence,
    users,
    waiting: slot.waiters.length,
    ...slot.counts,
    idleS: residence === 'loaded' ? idleMs / MS_PER_S : 0,
  };
}

export function resourceUse<Name extends string>(
  slots: readonly ModelSlot<Name>[],
  { budgetMb, refused, nowMs }: { budgetMb: number; refused: number; nowMs: number },
): ResourceUse<Name> {
  return {
    budgetMb,
    declaredMb: declaredMb(slots.map((slot) => entryOf(slot, nowMs))),
    refused,
    models: slots.map((slot) => modelUse(slot, nowMs)),
  };
}
