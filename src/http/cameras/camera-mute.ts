import { z } from '@hono/zod-openapi';
import { muteStateSchema, type AlertDesk } from '../../alerting/alert-desk.js';
import { apiRoute, apiRoutes, jsonReply, jsonRequest } from '../api-route.js';
import { cameraParams, visibleCamera } from './cameras.js';
import type { CameraDirectory } from '../services.js';

/** A month. */
const MUTE_MAX_MINUTES = 44_640;

const state = apiRoute('viewer', {
  method: 'get',
  path: '/{id}/mute',
  summary: 'Whether alerts of the camera are told',
  request: { params: cameraParams },
  responses: { 200: jsonReply('The mute', muteStateSchema) },
});

const mute = apiRoute('operator', {
  method: 'put',
  path: '/{id}/mute',
  summary: 'Tells no channel of the camera for a while; its events are stored all the same',
  request: {
    params: cameraParams,
    body: jsonRequest(
      z.strictObject({
        minutes: z
          .number()
          .min(0)
          .max(MUTE_MAX_MINUTES)
          .nullable()
          .describe('from now; 0 ends it, null lasts until it is ended'),
      }),
    ),
  },
  responses: { 200: jsonReply('The mute', muteStateSchema) },
});

/** `/api/cameras/{id}/mute`. */
export function cameraMuteRoutes(
  alerts: Pick<AlertDesk, 'mute' | 'muteState'>,
  cameras: Pick<CameraDirectory, 'get'>,
) {
  return apiRoutes()
    .openapi(state, (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      return context.json(alerts.muteState(id), 200);
    })
    .openapi(mute, async (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      return context.json(await alerts.mute(id, context.req.valid('json').minutes), 200);
    });
}
