import { Hono } from 'hono';
import { z } from 'zod';
import { AppError } from '../errors.js';
import { jpegReply } from './jpeg-reply.js';
import type { CameraDirectory, CameraView } from './services.js';

const SNAPSHOT_WIDTH = { min: 64, max: 1920, default: 1280 } as const;
const widthSchema = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number)
  .optional();

/** `/api/cameras`: the cameras and their newest pictures. */
export function cameraRoutes(cameras: CameraDirectory): Hono {
  const routes = new Hono();

  routes.get('/', (context) => context.json({ cameras: cameras.list() }));

  routes.get('/:id', (context) => context.json(existing(cameras, context.req.param('id'))));

  routes.get('/:id/latest.jpg', async (context) => {
    const camera = existing(cameras, context.req.param('id'));
    // Other parameters are left alone: clients of this field add one to defeat caches.
    const maxWidth = snapshotWidth(context.req.query('width'));
    return jpegReply(await cameras.snapshot(camera.id, maxWidth), 'no-store');
  });

  return routes;
}

function existing(cameras: CameraDirectory, id: string): CameraView {
  const camera = cameras.get(id);
  if (camera === undefined)
    throw new AppError('camera.not_found', `there is no camera ${id}`, { camera: id });
  return camera;
}

/** In pixels; a width out of range gives the nearest one allowed. */
function snapshotWidth(query: string | undefined): number {
  const parsed = widthSchema.safeParse(query);
  if (!parsed.success) {
    throw new AppError('request.invalid', 'query parameter "width" must be a number of pixels', {
      parameter: 'width',
    });
  }
  const width = parsed.data ?? SNAPSHOT_WIDTH.default;
  return Math.min(Math.max(width, SNAPSHOT_WIDTH.min), SNAPSHOT_WIDTH.max);
}
