import { z } from '@hono/zod-openapi';
import { apiRoute, apiRoutes, jpegContent } from './api-route.js';
import { latestPicture, pictureQuery } from './cameras/cameras.js';
import type { CameraDirectory } from './services.js';

const latest = apiRoute('viewer', {
  method: 'get',
  path: '/{camera}/latest.jpg',
  summary: 'As `/api/cameras/{id}/latest.jpg`; the address that Frigate has for it',
  request: { params: z.object({ camera: z.string() }), query: pictureQuery },
  responses: { 200: jpegContent('The picture') },
});

/** Addresses under which users of Frigate look for things; to be mounted on `/api`, after all that it has. */
export function frigateAliasRoutes(cameras: Pick<CameraDirectory, 'get' | 'snapshot'>) {
  return apiRoutes().openapi(latest, (context) => {
    const { camera } = context.req.valid('param');
    return latestPicture(cameras, camera, context.req.valid('query').width, context.get('caller'));
  });
}
