/** A camera's address with user and password beside it: people need not know how a URL holds them. */

const withCredentials = /^([a-z][a-z0-9+.-]*:\/\/)\*\*\*@/i;

/** The address as it may be shown, whose user and password are stars, without them. */
export function plainAddress(shown) {
  return shown.replace(withCredentials, '$1');
}

/** Whether user and password are kept that are not shown. */
export function keepsCredentials(shown) {
  return withCredentials.test(shown);
}

/**
 * The URL to send. Without a new user and password those that are kept stay, which holds for the same address alone: of
 * another one the server says that they are to be written out.
 */
export function addressToSend({ address, user, password }, shown = '') {
  const [scheme] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address) ?? [];
  if (scheme === undefined) return address;
  const rest = address.slice(scheme.length);
  if (user === '' && password === '') return keepsCredentials(shown) ? `${scheme}***@${rest}` : address;
  return `${scheme}${encodeURIComponent(user)}:${encodeURIComponent(password)}@${rest}`;
}
