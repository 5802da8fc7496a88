/** Requests to the API, with a token where the server wants one. */

const STORAGE_KEY = 'nunchi-token';
const dialog = document.getElementById('access');
const tokenField = document.getElementById('token');

let asking = null;

/** Fetches `path`; asks for a token when the server demands one, then tries again. Throws on any other failure. */
export async function request(path, options = {}) {
  for (;;) {
    const token = sessionStorage.getItem(STORAGE_KEY);
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const reply = await fetch(path, { ...options, headers: { ...options.headers, ...headers } }).catch(() => {
      throw new Error('it does not answer');
    });
    if (reply.ok) return reply;
    if (reply.status !== 401) throw new Error(await failureText(reply));
    await askForToken();
  }
}

/** Address of the WebSocket; a browser cannot send a token with it, so it takes a ticket along instead. */
export async function liveAddress() {
  const address = new URL('/ws', location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  if (sessionStorage.getItem(STORAGE_KEY) !== null) {
    const { ticket } = await (await request('/api/live-tickets', { method: 'POST' })).json();
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
  if (sessionStorage.getItem(STORAGE_KEY) === null) return { address: path, release() {} };
  const address = URL.createObjectURL(await (await request(path)).blob());
  return { address, release: () => URL.revokeObjectURL(address) };
}

/** One dialog, however many requests wait for it. */
function askForToken() {
  asking ??= new Promise((resolve) => {
    tokenField.value = '';
    dialog.showModal();
    dialog.addEventListener('close', resolve, { once: true });
  }).then(() => {
    asking = null;
    sessionStorage.setItem(STORAGE_KEY, tokenField.value.trim());
  });
  return asking;
}

async function failureText(reply) {
  const problem = await reply.json().catch(() => null);
  return problem?.detail ?? `the server answered ${reply.status}`;
}
