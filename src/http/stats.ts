import { z } from 'zod';
import { overloadStates } from '../overload-states.js';

/** The part of the counters that is for people too; the others may change with any version. */
export const statsSchema = z
  .looseObject({
    ready: z.boolean().describe('cameras are scored and events stored'),
    failures: z.array(z.string()).describe('why it is not ready'),
    warnings: z.array(z.string()).describe('what is not done though it is ready'),
    uptime_s: z.number(),
    rss_mb: z.number(),
    overload: z.object({ state: z.enum(overloadStates), because: z.array(z.string()).readonly() }),
    resources: z
      .object({
        budgetMb: z.number(),
        declaredMb: z.number(),
        models: z.array(z.object({ name: z.string(), declaredMb: z.number(), state: z.string() })),
      })
      .describe('what models may take, and what those that are loaded do'),
    store: z
      .object({
        waiting: z.int().describe('event states that are not durable yet'),
        lastSeq: z.int().optional().describe('of the journal; absent while the store does not answer'),
        projectedSeq: z.int().optional().describe('of the journal, up to which DuckDB has it'),
      })
      .describe('how the store keeps up'),
  })
  .meta({ id: 'Stats' });

export type Stats = z.infer<typeof statsSchema>;
