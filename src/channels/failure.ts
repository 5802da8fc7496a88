import { AppError } from '../errors.js';

/** What the system calls it, in words; anything else is told by its code alone, for a message may hold a secret. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection; is it running, and is the port right?',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  UND_ERR_SOCKET: 'closed the connection',
  ECONNECTION: 'closed the connection',
  ENOTFOUND: 'has no address; check its name',
  EAI_AGAIN: 'cannot be looked up now; is the name service reachable?',
  EDNS: 'cannot be looked up; check its name',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'does not answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that it signed itself; name its authority to trust it',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate of an authority that is not known; name it to trust it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate of an authority that is not known; name it to trust it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'has a certificate of an authority that is not known; name it to trust it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another name',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  EAUTH: 'does not accept the user or the password',
  ETLS: 'offers no encryption that works; nothing was sent (security: none would send it openly)',
  ESOCKET: 'broke off the connection; if its certificate is its own, name the authority in ca_file',
  EENVELOPE: 'does not accept the sender or the recipients',
  EMESSAGE: 'does not accept the message',
  ABORT_ERR: 'was not waited for any longer',
};

/**
 * Why an attempt failed, as `alert.delivery_failed`. What a library or a receiver says in its own words is left out:
 * it may repeat what it was sent.
 *
 * @param place - of the receiver, without anything secret
 */
export function failureOf(thrown: unknown, place: string): AppError {
  const known = chainOf(thrown).find((error) => error instanceof AppError);
  if (known !== undefined) return known;
  const codes = chainOf(thrown).flatMap(codeOf);
  const code = codes.find((name) => Object.hasOwn(reasons, name)) ?? codes[0];
  const why =
    (code === undefined ? undefined : reasons[code]) ?? `failed without a reason (${code ?? 'unknown'})`;
  return new AppError('alert.delivery_failed', `${place} ${why}`, code === undefined ? {} : { reason: code });
}

function codeOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [];
  if (thrown.name === 'AbortError') return ['ABORT_ERR'];
  return 'code' in thrown && typeof thrown.code === 'string' ? [thrown.code] : [];
}

/** An error, its causes, and those of the addresses that were tried; the ones beneath first, which know more. */
function chainOf(thrown: unknown, depth = 0): unknown[] {
  if (!(thrown instanceof Error) || depth > 4) return [thrown];
  const tried = thrown instanceof AggregateError ? (thrown.errors as unknown[]) : [];
  const beneath = [thrown.cause, ...tried].filter((inner) => inner !== undefined);
  return [...beneath.flatMap((inner) => chainOf(inner, depth + 1)), thrown];
}
