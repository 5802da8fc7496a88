import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { AppError } from '../errors.js';
import { accessRoutes } from './access/access.js';
import { alertRoutes } from './alerts/alerts.js';
import { apiRoutes, type ApiEnv } from './api-route.js';
import { auditRoutes } from './access/audit.js';
import { audited, type AuditTrail } from './access/audit-trail.js';
import { calibrationRoutes } from './cameras/calibration.js';
import { cameraAdminRoutes } from './cameras/camera-admin.js';
import { cameraMuteRoutes } from './cameras/camera-mute.js';
import { cameraRoutes } from './cameras/cameras.js';
import { configRoutes } from './config.js';
import { dashboardRoutes } from './dashboard-files.js';
import { docsRoutes } from './docs.js';
import { problem } from './error-status.js';
import { eventClipRoutes } from './events/event-clip.js';
import { eventFeedbackRoutes } from './events/event-feedback.js';
import { eventKeepRoutes } from './events/event-keep.js';
import { eventExportRoutes } from './events/event-export.js';
import { eventSummaryRoutes } from './events/event-summary.js';
import { eventRoutes } from './events/events.js';
import { eventStreamRoutes } from './events/event-stream.js';
import { frigateAliasRoutes } from './frigate-aliases.js';
import { guarded, type Guard } from './access/guard.js';
import { healthRoutes } from './health.js';
import { manualEventRoutes } from './events/manual-events.js';
import { serveOpenApi } from './openapi.js';
import { requestLog, type RequestLogOptions } from './access/request-log.js';
import { securityHeaders } from './access/security-headers.js';
import type { Services } from './services.js';
import type { Tickets } from './access/tickets.js';
import { eventTraceRoutes, traceRoutes } from './events/traces.js';

export interface AppOptions extends RequestLogOptions {
  services: Services;
  guard: Guard;
  tickets: Tickets;
  audit: AuditTrail;
  /** What suits the replies to whatever serves them; runs before all else. */
  adapter?: MiddlewareHandler | undefined;
}

/** The whole HTTP API as a function from Request to Response; it needs no socket. */
export function createApp({
  services,
  guard,
  tickets,
  audit,
  adapter,
  ...log
}: AppOptions): OpenAPIHono<ApiEnv> {
  const app = apiRoutes();
  if (adapter !== undefined) app.use(adapter);
  app.use(requestLog(log));
  app.use(securityHeaders);
  app.use(audited(audit));
  app.use(guarded(guard));

  app.route('/api/cameras', cameraRoutes(services.cameras));
  app.route('/api/cameras', cameraAdminRoutes(services.cameraDesk, services.cameras));
  app.route('/api/cameras', calibrationRoutes(services.calibrations, services.cameras));
  app.route('/api/events', eventStreamRoutes(services.eventStreams));
  app.route('/api/events', manualEventRoutes(services.manualEvents, services.cameras));
  app.route('/api/events', eventSummaryRoutes(services.events));
  app.route('/api/events', eventExportRoutes(services.events));
  app.route('/api/events', eventRoutes(services.events));
  app.route('/api/events', eventClipRoutes(services.clips, services.events));
  app.route('/api/events', eventFeedbackRoutes(services.marks, services.events));
  app.route('/api/events', eventKeepRoutes(services.marks, services.events));
  app.route('/api/events', eventTraceRoutes(services.traces));
  app.route('/api/traces', traceRoutes(services.traces));
  app.route('/api/alerts', alertRoutes(services.alerts));
  app.route('/api/cameras', cameraMuteRoutes(services.alerts, services.cameras));
  app.route('/api/config', configRoutes(services.config));
  app.route('/api', accessRoutes(tickets));
  app.route('/api/audit', auditRoutes(audit));
  app.route('/api', frigateAliasRoutes(services.cameras));
  app.route('/', healthRoutes(services));
  app.route('/', dashboardRoutes());
  app.route('/', docsRoutes());
  serveOpenApi(app, services.version);

  const orWrongMethod = methodNotAllowed({
    app,
    onMethodNotAllowed: (context, allowed) => wrongMethod(context.req, allowed),
  });
  app.notFound(async (context: Context<ApiEnv, string>) => {
    await orWrongMethod(context, () => {
      context.res = problem(new AppError('request.not_found', `there is nothing at ${context.req.path}`));
      return Promise.resolve();
    });
    return context.res;
  });
  app.onError((thrown, context) => {
    const error = thrown instanceof HTTPException ? badRequest(thrown) : AppError.from(thrown);
    context.set('failure', error);
    return problem(error);
  });
  return app;
}

/** What the framework itself finds wrong with a request: a body that is not JSON. */
function badRequest(thrown: HTTPException): AppError {
  return new AppError('request.invalid', 'body: is not JSON', { field: 'body' }, thrown);
}

function wrongMethod({ method, path }: { method: string; path: string }, allowed: string[]): Response {
  const allow = allowed.join(', ');
  const error = new AppError(
    'request.method_not_allowed',
    `${method} is not possible on ${path}; use ${allow}`,
  );
  return problem(error, { allow });
}
