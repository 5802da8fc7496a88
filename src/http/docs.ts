/** `/docs`: the OpenAPI document to read and to try, from files on this machine alone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import { packagePath } from '../paths.js';
import { docsSecurityPolicy } from './access/security-headers.js';

const library = (file: string): string => createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`);
const own = (file: string): string => packagePath(`src/http/docs-page/${file}`);

const files = [
  { path: '/docs', file: own('index.html'), type: 'text/html; charset=utf-8' },
  { path: '/docs/docs.css', file: own('docs.css'), type: 'text/css; charset=utf-8' },
  { path: '/docs/docs.js', file: own('docs.js'), type: 'text/javascript; charset=utf-8' },
  { path: '/docs/swagger-ui.css', file: library('swagger-ui.css'), type: 'text/css; charset=utf-8' },
  {
    path: '/docs/swagger-ui-bundle.js',
    file: library('swagger-ui-bundle.js'),
    type: 'text/javascript; charset=utf-8',
  },
] as const;

/** They hold no data, so they need no token; what is tried from there does. */
export const docsPaths = files.map(({ path }) => path);

/** Each file is read when it is first asked for: few ever ask, and one is large. */
export function docsRoutes(): Hono {
  const routes = new Hono();
  const contents = new Map<string, string>();
  for (const { path, file, type } of files) {
    routes.get(path, (context) => {
      const content = contents.get(path) ?? readFileSync(file, 'utf8');
      contents.set(path, content);
      return context.body(content, 200, {
        'content-type': type,
        'cache-control': 'no-cache',
        'content-security-policy': docsSecurityPolicy,
      });
    });
  }
  return routes;
}
