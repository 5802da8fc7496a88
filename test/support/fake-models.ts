import type { Clock } from '../../src/clock.js';
import { wait } from '../../src/clock.js';
import type { ModelDeclaration } from '../../src/resources/ledger.js';
import type { ModelLoader } from '../../src/resources/model-slot.js';
import { productModels, type ProductModel as Name } from '../../src/resources/product-models.js';
import { configSchema } from '../../src/config/config.js';

export type { ProductModel as Name } from '../../src/resources/product-models.js';

export interface Behaviour {
  loadMs: number;
  unloadMs: number;
  /** What the next `fails` loads, or all, throw in the end. */
  error?: Error;
  fails?: number;
  unloadError?: Error;
  unloadFails?: number;
}

const names: readonly Name[] = ['vad', 'agent', 'vlm'];

export const declared: ModelDeclaration<Name>[] = productModels(
  configSchema.parse({ resources: { vad_mb: 1_024, agent_mb: 800, vlm_mb: 900 } }).resources,
);

/** Models that take memory and time, and watch that nobody breaks the pool's rules. Any breach throws, and is kept. */
export class FakeModels {
  readonly behaviour: Record<Name, Behaviour> = perModel(() => ({ loadMs: 0, unloadMs: 0 }));
  readonly loaders: Record<Name, ModelLoader> = perModel((name) => ({
    load: () => this.#load(name),
    unload: () => this.#unload(name),
  }));
  /** `load NAME` and `unload NAME`, as they began. */
  readonly log: string[] = [];
  readonly breaches: string[] = [];
  peakMb = 0;
  /** Set before the pool is closed: from then on the VAD may be unloaded too. */
  isClosing = false;
  readonly #present = new Map<Name, 'loading' | 'loaded' | 'unloading'>();
  readonly #users = perModel(() => ({ count: 0 }));

  constructor(
    private readonly clock: Clock,
    private readonly budgetMb: number,
  ) {}

  presentMb(): number {
    return declared.reduce(
      (sum, { name, declaredMb }) => sum + (this.#present.has(name) ? declaredMb : 0),
      0,
    );
  }

  /** What a user does while it has the model. */
  async used(name: Name, runMs: number): Promise<void> {
    const users = this.#users[name];
    users.count += 1;
    if (this.#present.get(name) !== 'loaded') this.#breach(`${name} is used while it is not loaded`);
    await wait(this.clock, runMs);
    users.count -= 1;
  }

  /** The thread of the model died. */
  vanish(name: Name): void {
    this.#present.delete(name);
  }

  async #load(name: Name): Promise<{ measuredMb: number }> {
    const behaviour = this.behaviour[name];
    this.log.push(`load ${name}`);
    if (this.#present.has(name)) this.#breach(`${name} is loaded twice`);
    this.#present.set(name, 'loading');
    this.peakMb = Math.max(this.peakMb, this.presentMb());
    if (this.presentMb() > this.budgetMb) this.#breach(`${this.presentMb()} MiB are loaded`);
    await wait(this.clock, behaviour.loadMs);
    if (behaviour.error !== undefined && (behaviour.fails ?? 1) > 0) {
      if (behaviour.fails !== undefined) behaviour.fails -= 1;
      this.#present.delete(name);
      throw behaviour.error;
    }
    this.#present.set(name, 'loaded');
    return { measuredMb: 7 };
  }

  async #unload(name: Name): Promise<void> {
    const behaviour = this.behaviour[name];
    this.log.push(`unload ${name}`);
    if (name === 'vad' && !this.isClosing) this.#breach('the VAD is unloaded');
    if (this.#users[name].count > 0) this.#breach(`${name} is unloaded under its users`);
    if (!this.#present.has(name)) this.#breach(`${name} is unloaded though it is not there`);
    this.#present.set(name, 'unloading');
    await wait(this.clock, behaviour.unloadMs);
    if (behaviour.unloadError !== undefined && (behaviour.unloadFails ?? 1) > 0) {
      if (behaviour.unloadFails !== undefined) behaviour.unloadFails -= 1;
      throw behaviour.unloadError;
    }
    this.#present.delete(name);
  }

  #breach(what: string): never {
    this.breaches.push(what);
    throw new Error(what);
  }
}

function perModel<T>(make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}
