import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path, { extname } from 'node:path';
import { Hono } from 'hono';
import { packagePath } from '../paths.js';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const folder = packagePath('src/http/dashboard');

/** The whole dashboard: what lay in its folder when this began, each file under its path there and no other. */
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => Object.hasOwn(contentTypes, extname(file)))
  .map((file) => ({
    file: path.join(folder, file),
    route: file === 'index.html' ? '/' : `/${file.replaceAll(path.sep, '/')}`,
    type: contentTypes[extname(file)] ?? '',
  }));

/** They hold no data, so they need no token: the page asks for one. */
export const dashboardPaths = files.map(({ route }) => route);

/** The dashboard at `/`, read once into memory. */
export function dashboardRoutes(): Hono {
  const routes = new Hono();
  for (const { route, file, type } of files) {
    const content = readFileSync(file, 'utf8');
    const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
    // The browser asks each time whether its copy is still good: an update shows at the next reload.
    const headers = { etag, 'cache-control': 'no-cache' };
    routes.get(route, (context) =>
      context.req.header('if-none-match') === etag
        ? context.body(null, 304, headers)
        : context.body(content, 200, { ...headers, 'content-type': type }),
    );
  }
  return routes;
}
