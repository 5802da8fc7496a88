/** What is told of memory that is bounded as a whole. */
import { ringLimits } from '../ring-limits.js';
import { BYTES_PER_MIB } from '../units.js';
import type { ReadMetric } from './read-metric.js';
import type { Reading } from './reading.js';

interface Pool {
  budgetBytes: number;
  takenBytes: number;
}

/** As things are. */
export const memoryGauges: readonly ReadMetric[] = [
  ofPools(
    'nunchi_memory_budget_bytes',
    'Memory that may be taken; models: by all together; packets: by the encoded streams that cameras keep for clips.',
    ({ budgetBytes }) => budgetBytes,
  ),
  ofPools(
    'nunchi_memory_taken_bytes',
    'Memory taken of it: by the models that are loaded, or on their way in or out, as declared; by packets as counted.',
    ({ takenBytes }) => takenBytes,
  ),
];

function poolsOf({ resources, cameras }: Reading): Record<string, Pool> {
  const ringBytes = cameras.map(({ counters }) => counters?.ringBytes ?? 0);
  return {
    models: {
      budgetBytes: resources.budgetMb * BYTES_PER_MIB,
      takenBytes: resources.declaredMb * BYTES_PER_MIB,
    },
    packets: {
      budgetBytes: cameras.length * ringLimits.maxBytes,
      takenBytes: ringBytes.reduce((sum, bytes) => sum + bytes, 0),
    },
  };
}

function ofPools(name: string, help: string, read: (pool: Pool) => number): ReadMetric {
  return {
    name,
    help,
    labelNames: ['pool'],
    samples: (reading) =>
      Object.entries(poolsOf(reading)).map(([pool, of]) => ({ labels: { pool }, value: read(of) })),
  };
}
