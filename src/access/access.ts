/** Who asks, and what they may do. */
import { AppError } from '../errors.js';

/** Each may do all that the ones before it may: look; give feedback and run cameras; change the configuration. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

export interface Caller {
  /** Of the token, for the audit log; `local` where the service asks for none. */
  name: string;
  role: Role;
  /** The cameras it may see; null for all of them. */
  cameras: readonly string[] | null;
}

/** Somebody who was let in, until that ends. */
export interface Admission {
  readonly caller: Caller;
  /** Aborted as soon as the token is revoked, expires, or may do something else: what is still open is closed then. */
  readonly ended: AbortSignal;
}

/** Says who a token stands for. */
export interface Doorkeeper {
  /** Null for a token that is not known, or not any more. */
  admit(token: string): Admission | null;
  /** For those who show no token; null where one is needed. */
  admitWithout(): Admission | null;
}

export function hasRole(caller: Caller, role: Role): boolean {
  return roles.indexOf(caller.role) >= roles.indexOf(role);
}

export function maySee(caller: Caller, camera: string): boolean {
  return caller.cameras === null || caller.cameras.includes(camera);
}

/** Throws `request.forbidden` when `what` is about all cameras and the caller sees some of them. */
export function requireEveryCamera({ cameras, name }: Caller, what: string): void {
  if (cameras === null) return;
  throw new AppError('request.forbidden', `${what} is about all cameras; ${name} sees some of them`);
}

/** Whether a service that is set up like this is for people on its own machine only. */
export function staysOnMachine({
  host,
  allowed_hosts,
}: {
  host: string;
  allowed_hosts: readonly string[];
}): boolean {
  // A name besides the machine's own is one that a reverse proxy is reached by.
  return ['127.0.0.1', 'localhost', '::1'].includes(host) && allowed_hosts.length === 0;
}
