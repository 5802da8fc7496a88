/** Who uses this page, and what that may do: what somebody may not do is not offered. */
import { ask } from './access.js';

const roles = ['viewer', 'operator', 'admin'];

let caller = { name: '', role: 'viewer', cameras: [] };

/** Asks the server; to be called before anything is offered. Whether it is somebody else, or may do other things, than before. */
export async function identify() {
  const before = JSON.stringify(caller);
  caller = await ask('/api/me');
  return JSON.stringify(caller) !== before;
}

export function whoIsThere() {
  return caller;
}

export function mayDo(role) {
  return roles.indexOf(caller.role) >= roles.indexOf(role);
}

/** Whether all cameras are shown, and with them what is about all of them. */
export function seesEveryCamera() {
  return caller.cameras === null;
}
