import type { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { AppError } from '../errors.js';
import { apiRoutes, type ApiEnv } from './api-route.js';
import { calibrationRoutes } from './calibration.js';
import { cameraRoutes } from './cameras.js';
import { dashboardRoutes } from './dashboard-files.js';
import { problem } from './error-status.js';
import { eventFeedbackRoutes } from './event-feedback.js';
import { eventRoutes } from './events.js';
import { guarded, type Guard } from './guard.js';
import { healthRoutes } from './health.js';
import { securityHeaders } from './security-headers.js';
import type { Services } from './services.js';
import type { Tickets } from './tickets.js';
import { eventTraceRoutes, traceRoutes } from './traces.js';

export interface AppOptions {
  services: Services;
  guard: Guard;
  tickets: Tickets;
  /** Called for bugs only: every other error is told to the client and is no news here. */
  reportBug: (error: AppError) => void;
}

/** The whole HTTP API as a function from Request to Response; it needs no socket. */
export function createApp({ services, guard, tickets, reportBug }: AppOptions): OpenAPIHono<ApiEnv> {
  const app = apiRoutes();
  app.use(securityHeaders);
  app.use(guarded(guard));
  app.use(
    methodNotAllowed({ app, onMethodNotAllowed: (context, allowed) => wrongMethod(context.req, allowed) }),
  );

  app.route('/api/cameras', cameraRoutes(services.cameras));
  app.route('/api/cameras', calibrationRoutes(services.calibrations));
  app.route('/api/events', eventRoutes(services.events));
  app.route('/api/events', eventFeedbackRoutes(services.feedback));
  app.route('/api/events', eventTraceRoutes(services.traces));
  app.route('/api/traces', traceRoutes(services.traces));
  app.post('/api/live-tickets', (context) => context.json({ ticket: tickets.issue() }, 201));
  app.route('/', healthRoutes(services));
  app.route('/', dashboardRoutes());

  app.notFound((context) =>
    problem(new AppError('request.not_found', `there is nothing at ${context.req.path}`)),
  );
  app.onError((thrown) => {
    const error = thrown instanceof HTTPException ? badRequest(thrown) : AppError.from(thrown);
    if (error.kind === 'bug') reportBug(error);
    return problem(error);
  });
  return app;
}

/** What the framework itself finds wrong with a request: a body that is not JSON, above all. */
function badRequest(thrown: HTTPException): AppError {
  return new AppError('request.invalid', `body: ${thrown.message}`, { field: 'body' }, thrown);
}

function wrongMethod({ method, path }: { method: string; path: string }, allowed: string[]): Response {
  const allow = allowed.join(', ');
  const error = new AppError(
    'request.method_not_allowed',
    `${method} is not possible on ${path}; use ${allow}`,
  );
  return problem(error, { allow });
}
