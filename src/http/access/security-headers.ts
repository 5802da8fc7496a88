import type { MiddlewareHandler } from 'hono';

/** `blob:` is for live pictures, which arrive over the WebSocket, and for media fetched with a token. */
const policy = (images: string): string =>
  [
    "default-src 'self'",
    `img-src 'self' ${images}`,
    "media-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const contentSecurityPolicy = policy('blob:');
/** For the page at `/docs`, whose style sheet holds its icons. */
export const docsSecurityPolicy = policy('data:');

/** Adds to a reply what every reply carries, unless it has a policy of its own: it runs no foreign code, sits in no frame and leaks no address. */
export function harden(reply: Response): Response {
  if (!reply.headers.has('content-security-policy'))
    reply.headers.set('content-security-policy', contentSecurityPolicy);
  reply.headers.set('x-content-type-options', 'nosniff');
  reply.headers.set('referrer-policy', 'no-referrer');
  return reply;
}

export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  harden(context.res);
};
