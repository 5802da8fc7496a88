import type { MiddlewareHandler } from 'hono';

/** `blob:` is for live pictures, which arrive over the WebSocket, and for media fetched with a token. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds to a reply what every reply carries: it runs no foreign code, sits in no frame and leaks no address. */
export function harden(reply: Response): Response {
  reply.headers.set('content-security-policy', contentSecurityPolicy);
  reply.headers.set('x-content-type-options', 'nosniff');
  reply.headers.set('referrer-policy', 'no-referrer');
  return reply;
}

export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  harden(context.res);
};
