import { z } from '@hono/zod-openapi';
import { hasRole, requireEveryCamera } from '../access/access.js';
import { apiRoute, apiRoutes, jsonReply } from './api-route.js';
import type { Services } from './services.js';
import { statsSchema } from './stats.js';

/** Paths that launchers and load balancers ask; they need no token and reveal nothing to strangers. */
export const probePaths = ['/livez', '/readyz'] as const;

const readiness = z.strictObject({
  status: z.enum(['ready', 'not ready']),
  reasons: z
    .array(z.string())
    .optional()
    .describe('why not, and what is not done though it is ready; only for who may be told as an operator'),
});

const livez = apiRoute('public', {
  method: 'get',
  path: '/livez',
  summary: 'Whether the process answers',
  responses: { 200: jsonReply('It does', z.strictObject({ status: z.literal('ok') })) },
});

const readyz = apiRoute('public', {
  method: 'get',
  path: '/readyz',
  summary: 'Whether cameras are scored and events stored',
  responses: { 200: jsonReply('They are', readiness), 503: jsonReply('They are not', readiness) },
});

const version = apiRoute('viewer', {
  method: 'get',
  path: '/api/version',
  summary: 'The version that runs',
  responses: { 200: jsonReply('The version', z.strictObject({ version: z.string() })) },
});

const stats = apiRoute('viewer', {
  method: 'get',
  path: '/api/stats',
  summary: 'What the process is at: threads, queues, models, store and cameras',
  responses: { 200: jsonReply('Counters since the start', statsSchema) },
});

const metrics = apiRoute('viewer', {
  method: 'get',
  path: '/metrics',
  summary: 'The same for Prometheus',
  responses: {
    200: { description: 'Prometheus text format', content: { 'text/plain': { schema: z.string() } } },
  },
});

export function healthRoutes(services: Pick<Services, 'readiness' | 'stats' | 'metrics' | 'version'>) {
  return apiRoutes()
    .openapi(livez, (context) => context.json({ status: 'ok' as const }, 200))
    .openapi(readyz, (context) => {
      const { ready, reasons } = services.readiness();
      const told = hasRole(context.get('caller'), 'operator') && reasons.length > 0 ? { reasons } : {};
      return ready
        ? context.json({ status: 'ready' as const, ...told }, 200)
        : context.json({ status: 'not ready' as const, ...told }, 503);
    })
    .openapi(version, (context) => context.json({ version: services.version }, 200))
    .openapi(stats, async (context) => {
      requireEveryCamera(context.get('caller'), '/api/stats');
      return context.json(await services.stats(), 200);
    })
    .openapi(metrics, async (context) => {
      requireEveryCamera(context.get('caller'), '/metrics');
      const { text, contentType } = await services.metrics();
      return context.text(text, 200, { 'content-type': contentType });
    });
}
