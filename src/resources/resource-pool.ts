import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { planLoad, type LedgerEntry, type ModelDeclaration } from './ledger.js';
import {
  emptySlot,
  entryOf,
  grantAll,
  refuseAll,
  vacate,
  waitForTurn,
  type ModelLoader,
  type ModelSlot,
} from './model-slot.js';
import { isOutOfMemory } from './out-of-memory.js';
import { loadError, overBudget, poolClosed } from './pool-errors.js';
import { resourceUse, type ResourceUse } from './resource-use.js';

export interface ResourcePoolOptions<Name extends string> {
  /** MiB that all models may take together. */
  budgetMb: number;
  /** The most important first: the last gives way first. */
  models: readonly ModelDeclaration<Name>[];
  loaders: Readonly<Record<Name, ModelLoader>>;
  /** Without use for so long, a model that is kept on demand is unloaded. */
  idleUnloadMs: number;
  clock: Clock;
  /** A model could not be loaded or unloaded; who waits for it is told as well. */
  onFailure: (name: Name, error: AppError) => void;
}

/** A model that could not be loaded is not tried again before; nor one that could not be unloaded. */
const RETRY_MS = 30_000;
/** Room for a model kept on demand is waited for so long at most. */
const PATIENCE_MS = 15_000;
/** Room for one that is always kept is waited for until whoever has it is done, which has a deadline of its own. */
const LONG_PATIENCE_MS = 10 * 60_000;

/**
 * Holds models within a memory budget. Each is loaded when it is wanted, once for all its users, and goes when it is
 * idle, or when a model that is wanted needs its room. `ledger.ts` decides; this does.
 */
export class ResourcePool<Name extends string> {
  readonly #options: ResourcePoolOptions<Name>;
  readonly #slots: readonly ModelSlot<Name>[];
  #refused = 0;
  #cancelPump: () => void = () => undefined;
  /** Settles once everything is unloaded; null until the pool is to close. */
  #closing: { promise: Promise<void>; done: () => void } | null = null;

  constructor(options: ResourcePoolOptions<Name>) {
    this.#options = options;
    this.#slots = options.models.map((model) => emptySlot(model, options.loaders[model.name]));
  }

  /**
   * Runs `run` while the model is loaded, and loads it first if need be. Throws `model.over_budget` when there is no
   * room for it, what its loader throws (as `model.load_failed` if it has no code), and what `run` throws. `run` must
   * not use another model: two that wait for each other's room would both be refused.
   */
  async use<T>(name: Name, run: () => Promise<T>): Promise<T> {
    const slot = this.#slot(name);
    await this.#turn(slot);
    try {
      return await run();
    } finally {
      slot.users -= 1;
      this.#rest(slot);
    }
  }

  /** A model is gone though nobody unloaded it: its thread died. Its next use loads it anew. */
  lost(name: Name): void {
    const slot = this.#slot(name);
    // A load or an unload under way tells by itself what became of it.
    if (slot.residence !== 'loaded') return;
    vacate(slot);
    this.#pump();
  }

  /** Lets nobody in any more, and unloads everything once its users are gone. */
  async close(): Promise<void> {
    if (this.#closing === null) {
      this.#closing = deferred();
      for (const slot of this.#slots) refuseAll(slot, poolClosed(slot.declaration.name));
      this.#pump();
    }
    await this.#closing.promise;
  }

  report(): ResourceUse<Name> {
    const { budgetMb, clock } = this.#options;
    return resourceUse(this.#slots, { budgetMb, refused: this.#refused, nowMs: clock.monotonicMs() });
  }

  /** Resolves when the model is loaded and has one user more. */
  async #turn(slot: ModelSlot<Name>): Promise<void> {
    const { clock } = this.#options;
    const { name, keep } = slot.declaration;
    if (this.#closing !== null) throw poolClosed(name);
    if (slot.failure !== null && clock.monotonicMs() < slot.failure.untilMs) throw slot.failure.error;
    const granted = waitForTurn(slot, clock, {
      patienceMs: keep === 'always' ? LONG_PATIENCE_MS : PATIENCE_MS,
      impatient: () => {
        // What it claimed is free again.
        queueMicrotask(() => {
          this.#pump();
        });
        return this.#overBudget(slot);
      },
    });
    this.#pump();
    await granted;
  }

  /** Does whatever can be done now; called when anything has changed. */
  #pump(): void {
    this.#cancelPump();
    if (this.#closing === null) this.#serve();
    else this.#empty(this.#closing.done);
  }

  #serve(): void {
    const claimed = new Set<Name>();
    // Room that a more important model waits for is for nobody else to take.
    let isRoomPromised = false;
    for (const slot of this.#slots.filter(({ waiters }) => waiters.length > 0)) {
      if (slot.residence === 'loaded' && !claimed.has(slot.declaration.name)) grantAll(slot);
      if (slot.residence !== 'unloaded' || isRoomPromised) continue;
      isRoomPromised = this.#makeRoom(slot, claimed);
    }
  }

  /** Loads the model, or does what must be done before. True when room for it is still to come. */
  #makeRoom(slot: ModelSlot<Name>, claimed: Set<Name>): boolean {
    const { budgetMb, clock } = this.#options;
    const plan = planLoad(budgetMb, this.#entries(), slot.declaration.name, slot.alone);
    switch (plan.type) {
      case 'load':
        void this.#load(slot);
        return false;
      case 'evict':
        for (const name of plan.names) void this.#unload(this.#slot(name));
        return true;
      case 'wait':
        for (const name of plan.claimed) claimed.add(name);
        if (plan.idleInMs !== null) {
          this.#cancelPump = clock.after(plan.idleInMs, () => {
            this.#pump();
          });
        }
        return true;
      case 'refuse':
        refuseAll(slot, this.#overBudget(slot));
        return false;
    }
  }

  #empty(done: () => void): void {
    for (const slot of this.#slots) {
      if (slot.stuck) vacate(slot);
      if (slot.residence === 'loaded' && slot.users === 0) void this.#unload(slot);
    }
    if (this.#slots.every(({ residence }) => residence === 'unloaded')) done();
  }

  async #load(slot: ModelSlot<Name>): Promise<void> {
    slot.residence = 'loading';
    try {
      const { measuredMb } = await slot.loader.load();
      slot.counts.loads += 1;
      Object.assign(slot, { residence: 'loaded', measuredMb, failure: null, alone: false });
      this.#rest(slot);
    } catch (thrown) {
      vacate(slot);
      if (this.#shallTryAlone(slot, thrown)) slot.alone = true;
      else this.#loadFailed(slot, loadError(slot.declaration.name, thrown));
      this.#pump();
    }
  }

  /** What is always kept takes the memory of all others, once, when there is less than the budget says. */
  #shallTryAlone(slot: ModelSlot<Name>, thrown: unknown): boolean {
    const isAnyPresent = this.#slots.some(({ residence }) => residence !== 'unloaded');
    return slot.declaration.keep === 'always' && !slot.alone && isAnyPresent && isOutOfMemory(thrown);
  }

  #loadFailed(slot: ModelSlot<Name>, error: AppError): void {
    slot.alone = false;
    slot.counts.failures += 1;
    slot.failure = { error, untilMs: this.#options.clock.monotonicMs() + RETRY_MS };
    refuseAll(slot, error);
    this.#options.onFailure(slot.declaration.name, error);
  }

  async #unload(slot: ModelSlot<Name>): Promise<void> {
    slot.cancelUnload();
    Object.assign(slot, { residence: 'unloading', stuck: false });
    try {
      await slot.loader.unload();
      slot.counts.unloads += 1;
      vacate(slot);
    } catch (thrown) {
      // It still takes its memory: it counts until it is gone.
      slot.counts.failures += 1;
      slot.stuck = true;
      slot.cancelUnload = this.#options.clock.after(RETRY_MS, () => void this.#unload(slot));
      this.#options.onFailure(slot.declaration.name, AppError.from(thrown));
    }
    this.#pump();
  }

  /** A use is over, or a load: from the last on, the clock runs that unloads it. */
  #rest(slot: ModelSlot<Name>): void {
    const { clock, idleUnloadMs } = this.#options;
    slot.idleSinceMs = clock.monotonicMs();
    if (slot.users === 0 && slot.residence === 'loaded' && slot.declaration.keep === 'onDemand') {
      slot.cancelUnload();
      slot.cancelUnload = clock.after(idleUnloadMs, () => void this.#unload(slot));
    }
    this.#pump();
  }

  #overBudget(slot: ModelSlot<Name>): AppError {
    this.#refused += 1;
    return overBudget(slot.declaration.name, this.#options.budgetMb, this.#entries());
  }

  #entries(): LedgerEntry<Name>[] {
    const nowMs = this.#options.clock.monotonicMs();
    return this.#slots.map((slot) => entryOf(slot, nowMs));
  }

  #slot(name: Name): ModelSlot<Name> {
    const slot = this.#slots.find(({ declaration }) => declaration.name === name);
    if (slot === undefined) throw new AppError('bug', `the resource pool knows no model ${name}`);
    return slot;
  }
}

function deferred(): { promise: Promise<void>; done: () => void } {
  let done: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (done = resolve));
  return { promise, done };
}
