import { z } from '@hono/zod-openapi';
import { maySee, type Caller } from '../../access/access.js';
import { AppError } from '../../errors.js';
import { traceOutcomes, traceSchema, type Trace } from '../../trace.js';
import { apiRoute, apiRoutes, jsonReply } from '../api-route.js';
import type { TraceReader } from '../services.js';

const TRACES_MAX = 200;
const TRACES_DEFAULT = 50;

const params = z.object({ id: z.string() });
const wholeTrace = traceSchema.meta({ id: 'Trace' });
const summary = traceSchema.omit({ scores: true }).meta({ id: 'TraceSummary' });

const list = apiRoute('viewer', {
  method: 'get',
  path: '/',
  summary: 'How candidates were decided on, those that became nothing among them; newest first',
  request: {
    query: z.strictObject({
      camera: z.string().min(1).max(64).optional(),
      outcome: z.enum(traceOutcomes).optional(),
      limit: z
        .string()
        .regex(/^\d{1,6}$/, 'must be a number')
        .transform(Number)
        .pipe(z.int().min(1).max(TRACES_MAX))
        .default(TRACES_DEFAULT),
    }),
  },
  responses: { 200: jsonReply('All but their scores', z.strictObject({ traces: z.array(summary) })) },
});

const one = apiRoute('viewer', {
  method: 'get',
  path: '/{id}',
  summary: 'How one candidate was decided on, with its scores',
  request: { params },
  responses: { 200: jsonReply('The trace', wholeTrace) },
});

const ofEvent = apiRoute('viewer', {
  method: 'get',
  path: '/{id}/trace',
  summary: 'How the event was decided on; also while it goes on',
  request: { params },
  responses: { 200: jsonReply('The trace', wholeTrace) },
});

/** `/api/traces`: how candidates were decided on. */
export function traceRoutes(traces: TraceReader) {
  return apiRoutes()
    .openapi(list, async (context) => {
      const caller = context.get('caller');
      const found = await traces.traces(context.req.valid('query'));
      return context.json({ traces: found.filter(({ camera }) => maySee(caller, camera)) }, 200);
    })
    .openapi(one, async (context) => {
      const { id } = context.req.valid('param');
      const trace = await traces.trace(id);
      return context.json(existing(trace, context.get('caller'), `there is no trace ${id}`, id), 200);
    });
}

/** `/api/events/{id}/trace`: how the event was decided on. */
export function eventTraceRoutes(traces: TraceReader) {
  return apiRoutes().openapi(ofEvent, async (context) => {
    const { id } = context.req.valid('param');
    const trace = await traces.trace(id);
    const wanted = trace?.outcome === 'event' ? trace : null;
    const message = `event ${id} has no trace, or none any more`;
    return context.json(existing(wanted, context.get('caller'), message, id), 200);
  });
}

function existing(trace: Trace | null, caller: Caller, message: string, id: string): Trace {
  if (trace === null || !maySee(caller, trace.camera))
    throw new AppError('trace.not_found', message, { trace: id });
  return trace;
}
