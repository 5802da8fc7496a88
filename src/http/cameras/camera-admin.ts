import { z } from '@hono/zod-openapi';
import { maySee, type Caller } from '../../access/access.js';
import { cameraPatchSchema, newCameraSchema, triedStreamSchema } from '../../camera/camera-input.js';
import { AppError } from '../../errors.js';
import { apiRoute, apiRoutes, jsonReply, jsonRequest } from '../api-route.js';
import { cameraViewSchema } from './camera-view.js';
import { cameraParams, visibleCamera } from './cameras.js';
import type { CameraAdministration, CameraDirectory } from '../services.js';

const trialSchema = z
  .discriminatedUnion('ok', [
    z.strictObject({
      ok: z.literal(true),
      codec: z.string(),
      width: z.int(),
      height: z.int(),
      fps: z.number().describe('nominal; 0 when the stream does not tell'),
      snapshot: z.string().describe('its first picture, a data URL of a JPEG 640 pixels wide at most'),
    }),
    z.strictObject({ ok: z.literal(false), code: z.string(), message: z.string() }),
  ])
  .meta({ id: 'StreamTrial' });

const cameraReply = (description: string) => jsonReply(description, cameraViewSchema);

const add = apiRoute('admin', {
  method: 'post',
  path: '/',
  summary: 'Add a camera',
  description: 'It is in the configuration file, and runs, when the answer comes.',
  request: { body: jsonRequest(newCameraSchema) },
  responses: {
    201: {
      ...cameraReply('The new camera'),
      headers: { Location: { description: 'Its address', schema: { type: 'string' } } },
    },
  },
});

const tryOut = apiRoute('admin', {
  method: 'post',
  path: '/test',
  summary: 'Open a stream for a moment, to see whether it would do as a camera',
  description: 'At most 10 s, and two at a time.',
  request: { body: jsonRequest(triedStreamSchema) },
  responses: { 200: jsonReply('What it showed, or why it did not', trialSchema) },
});

const change = apiRoute('admin', {
  method: 'patch',
  path: '/{id}',
  summary: 'Change a camera',
  description:
    'Only another URL, transport, model or VAD rate has its stream opened anew. A URL sent back as it was shown, ' +
    'without its credentials, stays as it is.',
  request: { params: cameraParams, body: jsonRequest(cameraPatchSchema) },
  responses: { 200: cameraReply('The camera as it is now') },
});

const remove = apiRoute('admin', {
  method: 'delete',
  path: '/{id}',
  summary: 'Remove a camera',
  description: 'Its events stay, and so does what it learned: it is used again if the camera comes back.',
  request: { params: cameraParams },
  responses: { 204: { description: 'It is gone' } },
});

const pause = apiRoute('operator', {
  method: 'post',
  path: '/{id}/pause',
  summary: 'Stop watching a camera until it is resumed, also after a restart of the service',
  request: { params: cameraParams },
  responses: { 200: cameraReply('The camera, paused') },
});

const resume = apiRoute('operator', {
  method: 'post',
  path: '/{id}/resume',
  summary: 'Go on after a pause',
  request: { params: cameraParams },
  responses: { 200: cameraReply('The camera, starting') },
});

/** `/api/cameras`: what changes them. */
export function cameraAdminRoutes(desk: CameraAdministration, cameras: Pick<CameraDirectory, 'get'>) {
  return apiRoutes()
    .openapi(add, async (context) => {
      const caller = context.get('caller');
      const { id, ...camera } = context.req.valid('json');
      if (!maySee(caller, id)) throw outOfScope(caller, `camera ${id}`);
      await desk.add(id, camera, context.get('requestId'));
      return context.json(visibleCamera(cameras, id, caller), 201, { Location: `/api/cameras/${id}` });
    })
    .openapi(tryOut, async (context) => {
      const caller = context.get('caller');
      if (caller.cameras !== null) throw outOfScope(caller, 'a stream of any address');
      return context.json(await trialOf(() => desk.try(context.req.valid('json'))), 200);
    })
    .openapi(change, async (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      await desk.change(id, context.req.valid('json'), context.get('requestId'));
      return context.json(visibleCamera(cameras, id, context.get('caller')), 200);
    })
    .openapi(remove, async (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      await desk.remove(id, context.get('requestId'));
      return context.body(null, 204);
    })
    .openapi(pause, async (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      await desk.pause(id, context.get('requestId'));
      return context.json(visibleCamera(cameras, id, context.get('caller')), 200);
    })
    .openapi(resume, async (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      await desk.resume(id, context.get('requestId'));
      return context.json(visibleCamera(cameras, id, context.get('caller')), 200);
    });
}

/** What is wrong with a stream is an answer; what is wrong with the question is an error. */
async function trialOf(
  run: () => ReturnType<CameraAdministration['try']>,
): Promise<z.infer<typeof trialSchema>> {
  try {
    const { codec, width, height, fps, picture } = await run();
    const snapshot = `data:image/jpeg;base64,${Buffer.from(picture).toString('base64')}`;
    return { ok: true, codec, width, height, fps, snapshot };
  } catch (thrown) {
    const { code, kind, message } = AppError.from(thrown);
    const isOfStream = code.startsWith('camera.') || code.startsWith('thread.');
    if (!isOfStream || kind === 'invalid') throw thrown;
    return { ok: false, code, message };
  }
}

function outOfScope({ name }: Caller, what: string): AppError {
  return new AppError('request.forbidden', `${name} has no access to ${what}`);
}
