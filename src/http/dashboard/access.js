/** Requests to the API, with a token where the server wants one. */

const STORAGE_KEY = 'nunchi-token';
const dialog = document.getElementById('access');
const tokenField = document.getElementById('token');

let asking = null;

/** Says `changed` when somebody has shown another token: who uses this page may do other things from then on. */
export const access = new EventTarget();

/**
 * Why the server did not do what it was asked. `code` is the API's own, `field` names what of the body was wrong;
 * `status` is 0 when nobody answered.
 */
class RequestFailure extends Error {
  constructor(message, { status = 0, code = '', field = null } = {}) {
    super(message);
    Object.assign(this, { status, code, field });
  }
}

/** Fetches `path`; asks for a token when the server demands one, then tries again. Throws a RequestFailure. */
export async function request(path, options = {}) {
  for (;;) {
    const token = sessionStorage.getItem(STORAGE_KEY);
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const reply = await fetch(path, { ...options, headers: { ...options.headers, ...headers } }).catch(() => {
      throw new RequestFailure('it does not answer');
    });
    if (reply.ok) return reply;
    if (reply.status !== 401) throw await failureOf(reply);
    await askForToken();
  }
}

/** What the API answers to a question. */
export async function ask(path) {
  return (await request(path)).json();
}

/** Asks the API to do something; what it answers, or null when it says nothing. */
export async function send(method, path, body) {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const reply = await request(path, { method, ...(body === undefined ? {} : json) });
  return reply.status === 204 ? null : reply.json();
}

/** A failure in words, with the code that one can look for. */
export function failureText({ message, code }) {
  return code ? `${message} (${code})` : message;
}

/** Whether somebody has shown a token in this tab. */
export function hasToken() {
  return sessionStorage.getItem(STORAGE_KEY) !== null;
}

/** Address of the WebSocket; a browser cannot send a token with it, so it takes a ticket along instead. */
export async function liveAddress() {
  const address = new URL('/ws', location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  if (hasToken()) {
    const { ticket } = await send('POST', '/api/live-tickets');
    address.searchParams.set('ticket', ticket);
  }
  return address.href;
}

/** Shows a picture of the API in an `img`. */
export async function showPicture(image, path) {
  const { address, release } = await mediaAddress(path);
  image.addEventListener('load', release, { once: true });
  image.src = address;
}

/**
 * An address under which the browser itself can load a picture or a clip of the API. It cannot send a token with that,
 * so then it is the address of a copy, to be let go of with `release`.
 */
export async function mediaAddress(path) {
  if (!hasToken()) return { address: path, release() {} };
  const address = URL.createObjectURL(await (await request(path)).blob());
  return { address, release: () => URL.revokeObjectURL(address) };
}

/** One dialog, however many requests wait for it. */
export function askForToken() {
  asking ??= new Promise((resolve) => {
    tokenField.value = '';
    dialog.showModal();
    dialog.addEventListener('close', resolve, { once: true });
  }).then(() => {
    asking = null;
    const token = tokenField.value.trim();
    // Who thought better of it goes on as before.
    if (token === '') return;
    sessionStorage.setItem(STORAGE_KEY, token);
    access.dispatchEvent(new Event('changed'));
  });
  return asking;
}

async function failureOf(reply) {
  const { status } = reply;
  const problem = await reply.json().catch(() => null);
  const { detail = `the server answered ${status}`, code, field } = problem ?? {};
  return new RequestFailure(detail, { status, code, field });
}
