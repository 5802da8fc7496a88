/** Who uses this page, and what that may do: what somebody may not do is not offered. */
import { ask } from './access.js';

const roles = ['viewer', 'operator', 'admin'];

let caller = { name: '', role: 'viewer', cameras: [] };

/** Asks the server; to be called before anything is offered, and after the token has changed. */
export async function identify() {
  caller = await ask('/api/me');
}

export function mayDo(role) {
  return roles.indexOf(caller.role) >= roles.indexOf(role);
}

/** Whether all cameras are shown, and with them what is about all of them. */
export function seesEveryCamera() {
  return caller.cameras === null;
}
