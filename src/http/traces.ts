import { Hono } from 'hono';
import { z } from 'zod';
import { AppError } from '../errors.js';
import { traceOutcomes, type Trace, type TraceQuery } from '../trace.js';
import type { TraceReader } from './services.js';

const TRACES_MAX = 200;
const TRACES_DEFAULT = 50;

const querySchema = z.strictObject({
  camera: z.string().min(1).max(64).optional(),
  outcome: z.enum(traceOutcomes).optional(),
  limit: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a number')
    .transform(Number)
    .pipe(z.int().min(1).max(TRACES_MAX))
    .default(TRACES_DEFAULT),
});

/** `/api/traces`: how candidates were decided on, those that became nothing among them; newest first. */
export function traceRoutes(traces: TraceReader): Hono {
  const routes = new Hono();

  routes.get('/', async (context) => {
    return context.json({ traces: await traces.traces(parseQuery(context.req.query())) });
  });

  routes.get('/:id', async (context) => {
    const id = context.req.param('id');
    return context.json(existing(await traces.trace(id), `there is no trace ${id}`, id));
  });

  return routes;
}

/** `/api/events/{id}/trace`: how the event was decided on; also while it goes on. */
export function eventTraceRoutes(traces: TraceReader): Hono {
  const routes = new Hono();

  routes.get('/:id/trace', async (context) => {
    const id = context.req.param('id');
    const trace = await traces.trace(id);
    const ofEvent = trace?.outcome === 'event' ? trace : null;
    return context.json(existing(ofEvent, `event ${id} has no trace, or none any more`, id));
  });

  return routes;
}

function existing(trace: Trace | null, message: string, id: string): Trace {
  if (trace === null) throw new AppError('trace.not_found', message, { trace: id });
  return trace;
}

/** Throws `request.invalid` naming the parameter. */
function parseQuery(query: Record<string, string>): TraceQuery {
  const parsed = querySchema.safeParse(query);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const parameter = unknown ?? String(issue?.path[0]);
  const reason = unknown === undefined ? (issue?.message ?? 'is invalid') : 'is unknown';
  throw new AppError('request.invalid', `query parameter "${parameter}": ${reason}`, { parameter });
}
