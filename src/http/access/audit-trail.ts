import type { MiddlewareHandler } from 'hono';
import type { AuditedAct, AuditEntry } from '../../access/audit.js';
import type { Clock } from '../../clock.js';
import type { ApiEnv } from '../api-route.js';
import { addressKey, RateLimit } from './rate-limit.js';
import { addressOf, routeOf } from './request-log.js';
import { readingMethods } from './request-news.js';

/** Whoever keeps the audit log. */
export interface AuditKeeper {
  record(act: AuditedAct): void;
  /** Newest first; `before` is the id of an entry, to read on from. */
  read(limit: number, before: string | null): Promise<AuditEntry[]>;
}

const REFUSALS_PER_MINUTE = 10;
const TEXT_MAX = 100;

/** What HTTP tells the audit log: each change, and each refusal. */
export class AuditTrail {
  readonly #keeper: AuditKeeper;
  readonly #refusals: RateLimit;

  constructor(keeper: AuditKeeper, clock: Clock) {
    this.#keeper = keeper;
    this.#refusals = new RateLimit({ perS: REFUSALS_PER_MINUTE / 60, burst: REFUSALS_PER_MINUTE, clock });
  }

  changed(act: AuditedAct): void {
    this.#keeper.record(act);
  }

  /** Ten a minute from one address: nobody shall push what happened out of the log by knocking. */
  refused(act: AuditedAct): void {
    if (this.#refusals.take(addressKey(act.address ?? '')) === 0) this.#keeper.record(act);
  }

  read(limit: number, before: string | null): Promise<AuditEntry[]> {
    return this.#keeper.read(limit, before);
  }
}

/** Whether a reply says that somebody may not do something. */
export function isRefusal({ status }: Response): boolean {
  return status === 401 || status === 403;
}

/** Records what was changed, or was to be. */
export function audited(trail: AuditTrail): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    await next();
    const { req, res } = context;
    const refused = isRefusal(res);
    if (!refused && readingMethods.has(req.method)) return;
    const caller = (context.get('caller') as ApiEnv['Variables']['caller'] | undefined)?.name ?? null;
    const route = routeOf(context);
    const act: AuditedAct = {
      caller,
      address: addressOf(context),
      action: `${req.method.slice(0, TEXT_MAX)} ${route}`,
      target: targetOf(route, req.path),
      status: res.status,
      request_id: context.get('requestId'),
    };
    if (refused) trail.refused(act);
    else if (caller !== null) trail.changed(act);
  };
}

/** What stands in the path for the parameters of the route; null when it has none. */
function targetOf(route: string, path: string): string | null {
  const given = path.split('/');
  const values = route
    .split('/')
    .flatMap((part, index) => (part.startsWith('{') ? (given[index] ?? []) : []));
  return values.length === 0 ? null : values.join(' ').slice(0, TEXT_MAX);
}
