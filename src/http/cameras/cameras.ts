import { z } from '@hono/zod-openapi';
import { maySee, type Caller } from '../../access/access.js';
import { AppError } from '../../errors.js';
import { apiRoute, apiRoutes, jpegContent, jsonReply } from '../api-route.js';
import { cameraViewSchema, type CameraView } from './camera-view.js';
import { jpegReply } from '../jpeg-reply.js';
import type { CameraDirectory } from '../services.js';

const SNAPSHOT_WIDTH = { min: 64, max: 1920, default: 1280 } as const;

export const cameraParams = z.object({ id: z.string() });

const list = apiRoute('viewer', {
  method: 'get',
  path: '/',
  summary: 'The cameras that the caller may see',
  responses: { 200: jsonReply('All of them', z.strictObject({ cameras: z.array(cameraViewSchema) })) },
});

const one = apiRoute('viewer', {
  method: 'get',
  path: '/{id}',
  summary: 'One camera',
  request: { params: cameraParams },
  responses: { 200: jsonReply('The camera', cameraViewSchema) },
});

// Other parameters are left alone: clients of this field add one to defeat caches.
export const pictureQuery = z.object({
  width: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a number of pixels')
    .transform(Number)
    .default(SNAPSHOT_WIDTH.default)
    .describe('pixels at most; out of range, the nearest one allowed'),
});

const latest = apiRoute('viewer', {
  method: 'get',
  path: '/{id}/latest.jpg',
  summary: 'Its newest picture',
  request: { params: cameraParams, query: pictureQuery },
  responses: { 200: jpegContent('The picture') },
});

/** `/api/cameras`: the cameras and their newest pictures. */
export function cameraRoutes(cameras: CameraDirectory) {
  return apiRoutes()
    .openapi(list, (context) => {
      const caller = context.get('caller');
      return context.json({ cameras: cameras.list().filter(({ id }) => maySee(caller, id)) }, 200);
    })
    .openapi(one, (context) =>
      context.json(visibleCamera(cameras, context.req.valid('param').id, context.get('caller')), 200),
    )
    .openapi(latest, (context) => {
      const { id } = context.req.valid('param');
      return latestPicture(cameras, id, context.req.valid('query').width, context.get('caller'));
    });
}

/** The camera's newest picture; a width out of range counts as the nearest one allowed. */
export async function latestPicture(
  cameras: Pick<CameraDirectory, 'get' | 'snapshot'>,
  id: string,
  width: number,
  caller: Caller,
): Promise<Response> {
  const camera = visibleCamera(cameras, id, caller);
  const maxWidth = Math.min(Math.max(width, SNAPSHOT_WIDTH.min), SNAPSHOT_WIDTH.max);
  return jpegReply(await cameras.snapshot(camera.id, maxWidth), 'no-store');
}

/** Throws `camera.not_found` also for one that the caller may not see. */
export function visibleCamera(cameras: Pick<CameraDirectory, 'get'>, id: string, caller: Caller): CameraView {
  const camera = maySee(caller, id) ? cameras.get(id) : undefined;
  if (camera === undefined)
    throw new AppError('camera.not_found', `there is no camera ${id}`, { camera: id });
  return camera;
}
