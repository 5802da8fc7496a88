import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { packagePath } from '../paths.js';

const contentTypes = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

/** The whole dashboard. A file that is not named here is not served, whatever the path. */
const files = [
  { path: '/', file: 'index.html', type: contentTypes.html },
  { path: '/favicon.svg', file: 'favicon.svg', type: contentTypes.svg },
  { path: '/dashboard.css', file: 'dashboard.css', type: contentTypes.css },
  { path: '/tiles.css', file: 'tiles.css', type: contentTypes.css },
  { path: '/events.css', file: 'events.css', type: contentTypes.css },
  { path: '/dashboard.js', file: 'dashboard.js', type: contentTypes.js },
  { path: '/access.js', file: 'access.js', type: contentTypes.js },
  { path: '/elements.js', file: 'elements.js', type: contentTypes.js },
  { path: '/event-list.js', file: 'event-list.js', type: contentTypes.js },
  { path: '/live-link.js', file: 'live-link.js', type: contentTypes.js },
  { path: '/sparkline.js', file: 'sparkline.js', type: contentTypes.js },
  { path: '/tile.js', file: 'tile.js', type: contentTypes.js },
] as const;

/** They hold no data, so they need no token: the page asks for one. */
export const dashboardPaths = files.map(({ path }) => path);

/** The dashboard at `/`, read once into memory. */
export function dashboardRoutes(): Hono {
  const routes = new Hono();
  for (const { path, file, type } of files) {
    const content = readFileSync(packagePath(`src/http/dashboard/${file}`), 'utf8');
    const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
    // The browser asks each time whether its copy is still good: an update shows at the next reload.
    const headers = { etag, 'cache-control': 'no-cache' };
    routes.get(path, (context) =>
      context.req.header('if-none-match') === etag
        ? context.body(null, 304, headers)
        : context.body(content, 200, { ...headers, 'content-type': type }),
    );
  }
  return routes;
}
