/** What the product tells in Prometheus' text format; pure. */
import type { Latency } from './latency.js';

const MS_PER_S = 1_000;

/** Of a metric, whatever its labels; 0 when there is none. */
export function sumOf(name: string, metrics: string): number {
  return samplesOf(name, metrics).reduce((sum, value) => sum + value, 0);
}

/** One value for each set of labels. */
export function samplesOf(name: string, metrics: string): number[] {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

/** Of the frames between two readings, from capture to score, from the buckets of the histogram but the endless last. */
export function latencyBetween(before: string, after: string): Latency {
  const earlier = buckets(before);
  const grown = buckets(after).map(({ ms, frames }, i) => ({
    ms,
    frames: frames - (earlier[i]?.frames ?? 0),
  }));
  const all = grown.at(-1)?.frames ?? 0;
  return grown
    .filter(({ ms }) => ms < Infinity)
    .map(({ ms, frames }) => ({ ms, share: all === 0 ? 0 : frames / all }));
}

function buckets(metrics: string): { ms: number; frames: number }[] {
  const lines = metrics.matchAll(/^nunchi_e2e_duration_seconds_bucket{le="([^"]+)"} (\S+)$/gm);
  return [...lines].map(([, le, value]) => ({
    ms: le === '+Inf' ? Infinity : Number(le) * MS_PER_S,
    frames: Number(value),
  }));
}
