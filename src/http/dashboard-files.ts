import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Hono } from 'hono';
import { packagePath } from '../paths.js';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The whole dashboard. A file that is not named here is not served, whatever the path. */
const files = [
  'index.html',
  'favicon.svg',
  'dashboard.css',
  'tiles.css',
  'events.css',
  'event-filters.css',
  'event-picture.css',
  'event-trace.css',
  'dashboard.js',
  'access.js',
  'elements.js',
  'event-clip.js',
  'event-filters.js',
  'event-list.js',
  'event-marks.js',
  'event-picture.js',
  'event-search.js',
  'event-trace.js',
  'live-link.js',
  'sparkline.js',
  'tile.js',
  'trace-steps.js',
  'verdict.js',
].map((file) => ({
  file,
  path: file === 'index.html' ? '/' : `/${file}`,
  type: contentTypes[extname(file)] ?? 'application/octet-stream',
}));

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
