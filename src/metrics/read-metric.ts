import type { Reading } from './reading.js';

/** `L`: the names of its labels. */
export interface MetricName<L extends string = string> {
  name: string;
  help: string;
  labelNames: readonly L[];
}

/** Read when metrics are asked for. */
export interface ReadMetric extends MetricName {
  samples(reading: Reading): { labels: Record<string, string>; value: number }[];
}

/** Without labels; null is no sample, which a gauge would show as 0. */
export function single(name: string, help: string, read: (reading: Reading) => number | null): ReadMetric {
  return {
    name,
    help,
    labelNames: [],
    samples(reading) {
      const value = read(reading);
      return value === null ? [] : [{ labels: {}, value }];
    },
  };
}
