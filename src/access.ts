/** Who asks, and what they may do. */

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

export function hasRole(caller: Caller, role: Role): boolean {
  return roles.indexOf(caller.role) >= roles.indexOf(role);
}

export function maySee(caller: Caller, camera: string): boolean {
  return caller.cameras === null || caller.cameras.includes(camera);
}
