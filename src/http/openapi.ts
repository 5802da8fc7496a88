/** The OpenAPI document: made of the very declarations that check requests. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './api-route.js';

export const openApiPath = '/openapi.json';

const description = [
  'Nunchi watches cameras for what is out of the ordinary. Times are Unix seconds, scores and places shares in [0, 1].',
  'Errors are problem details (RFC 9457) with a stable `code`. What a token may not see answers as if it were not there.',
  'A request whose address and headers take more than 4 KiB is answered 431, without problem details.',
  'Live pictures and news come over the WebSocket `/ws`.',
].join('\n\n');

/** Serves the document of everything mounted on `app` by then. It names no camera and holds no data: no token needed. */
export function serveOpenApi(app: OpenAPIHono<ApiEnv>, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  let document: string | null = null;
  app.get(openApiPath, (context) => {
    document ??= JSON.stringify(openApiDocument(app, version));
    return context.body(document, 200, { 'content-type': 'application/json' });
  });
}

function openApiDocument(app: OpenAPIHono<ApiEnv>, version: string): object {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Nunchi', version, description, license: { name: 'Apache-2.0' } },
    servers: [{ url: '/' }],
  });
}
