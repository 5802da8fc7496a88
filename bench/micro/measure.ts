/** How two ways of doing the same are compared: in turns, by the medians, on whatever else the machine does. */
import { Bench } from 'tinybench';
import { ownCpuMs } from '../../src/cpu-time.js';
import { quantileOf } from '../../src/quantile.js';

/** How much to measure. */
export interface Effort {
  /** Rounds, in each of which every way has its turn. */
  rounds: number;
  /** Parts of the full size of a turn, in (0, 1]. */
  size: number;
}

/** The product against one baseline: a figure a round each, rounds in the same order. */
export interface Comparison {
  name: string;
  /** Of the figures. */
  unit: string;
  /** Which figure is the better one. */
  better: 'lower' | 'higher';
  ours: readonly number[];
  baseline: readonly number[];
  /** Of ours to the baseline's; null where none is set. */
  target: number | null;
}

/** A line of bench/out/ratios.json. */
export interface Ratio {
  name: string;
  /** Which figure is the better one. */
  better: Comparison['better'];
  ours: number;
  baseline: number;
  /** Median of the rounds' ratios of ours to the baseline's. */
  ratio: number;
  target: number | null;
  /** Null without a target. */
  holds: boolean | null;
}

/** A benchmark: what it compares, and what it needs besides the project. */
export interface Benchmark {
  name: string;
  /** Why it cannot run here; null when it can. */
  missing: () => Promise<string | null>;
  measure: (effort: Effort) => Promise<Comparison[]>;
}

/** `missing` of a benchmark that runs everywhere. */
export const needsNothing = (): Promise<null> => Promise.resolve(null);

export function ratioOf({ name, unit, better, ours, baseline, target }: Comparison): Ratio {
  const ratio = quantileOf(
    ours.map((figure, round) => figure / (baseline[round] ?? NaN)),
    0.5,
  );
  return {
    name: `${name}, ${unit} (${better} is better)`,
    better,
    ours: quantileOf(ours, 0.5),
    baseline: quantileOf(baseline, 0.5),
    ratio,
    target,
    holds: target === null ? null : better === 'lower' ? ratio <= target : ratio >= target,
  };
}

/**
 * Has each way take its turn, round by round, the order turned about after each so that none always comes first. One
 * round that does not count goes ahead.
 * @param ways each measures itself once and resolves with its figure
 */
export async function interleaved<Way extends string>(
  rounds: number,
  ways: Record<Way, () => Promise<number>>,
): Promise<Record<Way, number[]>> {
  const names = Object.keys(ways) as Way[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Way, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const figure = await ways[name]();
      if (round > 0) figures[name].push(figure);
    }
  }
  return figures;
}

/** Milliseconds of CPU time that one call of `run` takes this process. A call must take some of them itself. */
export async function cpuMsPerCall(calls: number, run: () => unknown): Promise<number> {
  const bench = new Bench({ iterations: calls, time: 0, warmup: false, now: ownCpuMs, throws: true });
  // Asked what kind of function it is, tinybench would call one that is not async to see.
  bench.add('one', async () => {
    await run();
  });
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error('the benchmark did not complete');
  return task.result.latency.mean;
}
