/** What every request gets: an id, a place in the counters, and a line in the log if there is something to tell. */
import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Clock } from '../../clock.js';
import type { ApiEnv } from '../api-route.js';
import type { RequestReporter } from './request-news.js';

export interface RequestCount {
  method: string;
  /** As declared, such as /api/cameras/{id}; `none` for what is not there. */
  route: string;
  /** First digit of the status, such as 2xx. */
  status: string;
  count: number;
}

/** Short and plain enough to be passed on into logs. */
const plainId = /^[A-Za-z0-9._-]{1,64}$/;
const countedMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** The route of what is not there. */
export const NO_ROUTE = 'none';

/** Counts requests by method, route and class of status, of which there are not many. */
export class RequestCounts {
  readonly #counts = new Map<string, RequestCount>();

  count(method: string, route: string, status: number): void {
    const of = { method: knownMethod(method), route, status: `${Math.floor(status / 100)}xx` };
    const key = `${of.method} ${of.route} ${of.status}`;
    const counted = this.#counts.get(key);
    if (counted === undefined) this.#counts.set(key, { ...of, count: 1 });
    else counted.count += 1;
  }

  all(): RequestCount[] {
    return [...this.#counts.values()].map((count) => ({ ...count }));
  }
}

export interface RequestLogOptions {
  counts: RequestCounts;
  reporter: RequestReporter;
  clock: Clock;
}

/** Gives each reply its `x-request-id`, taken over from the request if that is plain, counts it and reports it. */
export function requestLog({ counts, reporter, clock }: RequestLogOptions): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const startMs = clock.monotonicMs();
    const id = requestIdOf(context.req.raw);
    context.set('requestId', id);
    await next();
    const { req, res } = context;
    res.headers.set('x-request-id', id);
    const method = knownMethod(req.method);
    const route = routeOf(context);
    const ms = clock.monotonicMs() - startMs;
    counts.count(method, route, res.status);
    reporter.answered({ request_id: id, method, route, status: res.status, ms }, context.get('failure'));
  };
}

/** The method as it is counted and logged: clients may send any word. */
export function knownMethod(method: string): string {
  return countedMethods.has(method) ? method : 'other';
}

/** What a request calls itself, or a reply its request, if that is plain, else something new. */
export function requestIdOf({ headers }: { headers: Headers }): string {
  const given = headers.get('x-request-id');
  return given !== null && plainId.test(given) ? given : randomUUID();
}

/** The client's address; null where the request came without a socket, as in tests. */
export function addressOf({ env }: Context<ApiEnv>): string | null {
  return (env as ApiEnv['Bindings'] | undefined)?.address ?? null;
}

/** The declared path that the request is for, in OpenAPI's notation; `none` when there is nothing. */
export function routeOf(context: Context<ApiEnv>): string {
  const matched = matchedRoutes(context).findLast(({ path }) => !path.endsWith('*'));
  return matched === undefined ? NO_ROUTE : inOpenApi(matched.path);
}

/** By declared path. */
const openApiPaths = new Map<string, string>();

function inOpenApi(path: string): string {
  const known = openApiPaths.get(path);
  if (known !== undefined) return known;
  const written = path.replace(/:(\w+)/g, '{$1}');
  openApiPaths.set(path, written);
  return written;
}
