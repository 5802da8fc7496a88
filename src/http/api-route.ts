/** How a route of the API is declared: once, for the checks before it, for its types, and for the OpenAPI document. */
import { createRoute, OpenAPIHono, z, type RouteConfig } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { hasRole, type Admission, type Caller, type Role } from '../access/access.js';
import { AppError } from '../errors.js';
import { issueText } from '../zod-issue.js';
import { problemSchema } from './error-status.js';

/** What a request carries beyond itself; `context.get` reads a variable, where `context.var` copies all of them. */
export interface ApiEnv {
  /** `address` is the client's, as the socket has it. */
  Bindings: { address?: string };
  Variables: {
    caller: Caller;
    admission: Admission;
    requestId: string;
    /** What a handler threw, once it is answered. */
    failure?: AppError;
  };
}

type PathConfig<P extends string> = Omit<RouteConfig, 'path'> & { path: P };

const problems = {
  default: {
    description: 'Any error, as problem details (RFC 9457); `code` is stable',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
};

/**
 * Declares a route for callers that have `role`; `public` for those that need no token. Handlers throw an `AppError`
 * for every answer but the declared ones.
 */
export function apiRoute<P extends string, R extends PathConfig<P>>(role: Role | 'public', route: R) {
  const checks = [role === 'public' ? [] : requireRole(role), hasJsonBody(route) ? requireJson : []].flat();
  return createRoute<P, R>({
    ...route,
    middleware: checks,
    security: role === 'public' ? [] : [{ token: [role] }],
    responses: { ...route.responses, ...problems },
  });
}

/** An empty group of routes, with what is wrong with a request told as every other error is. */
export function apiRoutes(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.target, result.error);
    },
  });
}

/** The reply that a JSON route declares. */
export function jsonReply<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { 'application/json': { schema } } };
}

/** The reply of a route that answers with a picture. */
export function jpegContent(description: string) {
  return { description, content: { 'image/jpeg': { schema: z.string().meta({ format: 'binary' }) } } };
}

/** The body that a JSON route declares. */
export function jsonRequest<S extends z.ZodType>(schema: S) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

function requireRole(role: Role): MiddlewareHandler<ApiEnv> {
  return (context, next) => {
    const caller = context.get('caller');
    if (!hasRole(caller, role)) {
      throw new AppError(
        'request.forbidden',
        `this needs the role ${role}; ${caller.name} is ${caller.role}`,
      );
    }
    return next();
  };
}

const requireJson: MiddlewareHandler<ApiEnv> = async ({ req }, next) => {
  const type = req.header('content-type');
  // A route whose body may be left out says what it takes then.
  const isLeftOut = type === undefined && req.raw.body === null;
  if (!isLeftOut && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type ?? ''))
    throw new AppError('request.not_json', 'send JSON, with content-type: application/json');
  await next();
};

function hasJsonBody({ request }: Pick<RouteConfig, 'request'>): boolean {
  return request?.body?.content['application/json'] !== undefined;
}

const places = { query: 'query parameter', param: 'path parameter', header: 'header', cookie: 'cookie' };

function invalidRequest(target: string, error: z.core.$ZodError): AppError {
  const issue = error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const at = unknown ?? issue?.path[0] ?? 'body';
  const name = unknown ?? (issue?.path.join('.') || 'body');
  const reason =
    unknown === undefined ? (issue === undefined ? 'is invalid' : issueText(issue)) : 'is unknown';
  if (!Object.hasOwn(places, target))
    return new AppError('request.invalid', `${name}: ${reason}`, { field: name });
  const parameter = String(at);
  const place = places[target as keyof typeof places];
  return new AppError('request.invalid', `${place} "${parameter}": ${reason}`, { parameter });
}
