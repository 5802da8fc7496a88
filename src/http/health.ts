import { Hono } from 'hono';
import type { Services } from './services.js';

/** Paths that launchers and load balancers ask; they need no token and reveal nothing. */
export const probePaths = ['/livez', '/readyz'] as const;

export function healthRoutes(services: Pick<Services, 'readiness' | 'stats' | 'metrics' | 'version'>): Hono {
  const routes = new Hono();
  routes.get('/livez', (context) => context.json({ status: 'ok' }));
  routes.get('/readyz', (context) =>
    services.readiness().ready
      ? context.json({ status: 'ready' })
      : context.json({ status: 'not ready' }, 503),
  );
  routes.get('/api/version', (context) => context.json({ version: services.version }));
  routes.get('/api/stats', async (context) => context.json(await services.stats()));
  routes.get('/metrics', async (context) => {
    const { text, contentType } = await services.metrics();
    return context.body(text, 200, { 'content-type': contentType });
  });
  return routes;
}
