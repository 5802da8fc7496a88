import type { Clock } from '../../clock.js';
import type { GpuStats, MotionReading, ReadRun } from '../../protocol/gpu.js';
import type { VadGraph } from '../../vad-model.js';
import type { CameraWindow } from './camera-window.js';
import type { GraphSession, GraphSource } from './graph-session.js';
import { Mnad } from './mnad.js';
import { Motion } from './motion.js';

/** An array that moves to another thread owns its buffer. */
type Cells = Float32Array<ArrayBuffer>;

/** What a camera's newest frame gives each graph to read; null what does not go through that graph. */
export interface GraphInput {
  motion: CameraWindow['pair'];
  mnad: CameraWindow['clip'];
}

/** What the graphs read off one frame. */
export interface GraphOutput {
  motion: MotionReading | null;
  error: Cells | null;
}

/** The input that a window offers now to some graphs; null when it is nothing to any of them. */
export function graphInput(window: CameraWindow, graphs: readonly VadGraph[]): GraphInput | null {
  const motion = graphs.includes('motion') ? window.pair : null;
  const mnad = graphs.includes('mnad') ? window.clip : null;
  return motion === null && mnad === null ? null : { motion, mnad };
}

/** The graphs that are loaded, each once for all cameras. One call of `use` or `read` at a time. */
export class VadGraphs {
  readonly #source: GraphSource;
  readonly #clock: Clock;
  #motion: Motion | null = null;
  #mnad: Mnad | null = null;

  constructor(source: GraphSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  get models(): GpuStats['models'] {
    return [...this.#sessions()].map(([name, { sha256 }]) => ({ name, sha256 }));
  }

  /** What the graphs run on; "none" while none is loaded. */
  get provider(): string {
    const providers = new Set([...this.#sessions().values()].map(({ provider }) => provider));
    return [...providers].join(', ') || 'none';
  }

  has(graphs: readonly VadGraph[]): boolean {
    const sessions = this.#sessions();
    return graphs.every((name) => sessions.has(name));
  }

  /**
   * Loads what is named and not loaded, and releases the rest. Throws `model.*` for one that cannot be loaded, once
   * it is done with the others.
   */
  async use(graphs: readonly VadGraph[]): Promise<void> {
    const unused = [...this.#sessions()].filter(([name]) => !graphs.includes(name));
    if (!graphs.includes('motion')) this.#motion = null;
    if (!graphs.includes('mnad')) this.#mnad = null;
    for (const [, session] of unused) await session.release();
    const load: Record<VadGraph, () => Promise<unknown>> = {
      motion: async () => (this.#motion = await Motion.load(this.#source)),
      mnad: async () => (this.#mnad = await Mnad.load(this.#source)),
    };
    const missing = [...new Set(graphs)].filter((name) => !this.has([name]));
    const loaded = await Promise.allSettled(missing.map((name) => load[name]()));
    const failed = loaded.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /**
   * Runs each graph once over all that is for it; one output an input, in the same order. An input for a graph that
   * is not loaded is left unread.
   */
  async read(inputs: readonly GraphInput[]): Promise<{ outputs: GraphOutput[]; runMs: ReadRun['runMs'] }> {
    const runMs: ReadRun['runMs'] = {};
    const pairs = inputs.map(({ motion }) => motion);
    const clips = inputs.map(({ mnad }) => mnad);
    const cells = await this.#run('motion', this.#motion, pairs, runMs);
    const errors = await this.#run('mnad', this.#mnad, clips, runMs);
    const outputs = pairs.map((pair, i) => ({
      motion: motionReading(pair, cells[i] ?? null),
      error: errors[i] ?? null,
    }));
    return { outputs, runMs };
  }

  /** Runs a graph over the items that are there, and notes how long that took. */
  async #run<Item>(
    name: VadGraph,
    model: { run(items: Item[]): Promise<Cells[]> } | null,
    items: readonly (Item | null)[],
    runMs: ReadRun['runMs'],
  ): Promise<(Cells | null)[]> {
    const present = items.filter((item) => item !== null);
    if (model === null || present.length === 0) return items.map(() => null);
    const startedMs = this.#clock.monotonicMs();
    const outputs = await model.run(present);
    runMs[name] = this.#clock.monotonicMs() - startedMs;
    return items.map((item) => (item === null ? null : (outputs.shift() ?? null)));
  }

  #sessions(): Map<VadGraph, GraphSession> {
    const sessions = new Map<VadGraph, GraphSession>();
    if (this.#motion !== null) sessions.set('motion', this.#motion.session);
    if (this.#mnad !== null) sessions.set('mnad', this.#mnad.session);
    return sessions;
  }
}

function motionReading(pair: GraphInput['motion'], cells: Cells | null): MotionReading | null {
  return pair === null || cells === null ? null : { cells, stepUs: pair.stepUs, aspect: pair.aspect };
}
