import { z } from '@hono/zod-openapi';
import { CALIBRATION_MINUTES, calibrationStateSchema } from '../../calibration-state.js';
import { apiRoute, apiRoutes, jsonReply, jsonRequest } from '../api-route.js';
import { cameraParams, visibleCamera } from './cameras.js';
import type { CalibrationDesk, CameraDirectory } from '../services.js';

const { min, max, default: usual } = CALIBRATION_MINUTES;
const stateSchema = calibrationStateSchema.meta({ id: 'Calibration' });

const state = apiRoute('viewer', {
  method: 'get',
  path: '/{id}/calibration',
  summary: 'What a camera takes for ordinary, and how sure that is',
  request: { params: cameraParams },
  responses: { 200: jsonReply('Its calibration', stateSchema) },
});

const calibrate = apiRoute('operator', {
  method: 'post',
  path: '/{id}/calibrate',
  summary: 'Has the camera learn from the coming minutes',
  request: {
    params: cameraParams,
    body: {
      content: {
        'application/json': {
          schema: z.strictObject({
            minutes: z.number().min(min).max(max).optional().describe(`${usual} when absent`),
          }),
        },
      },
    },
  },
  responses: {
    202: jsonReply('It learns', stateSchema.extend({ note: z.string() }).meta({ id: 'CalibrationBegun' })),
  },
});

const revert = apiRoute('operator', {
  method: 'post',
  path: '/{id}/calibration/revert',
  summary: 'Goes back to an earlier calibration',
  request: { params: cameraParams, body: jsonRequest(z.strictObject({ version: z.int().positive() })) },
  responses: { 200: jsonReply('The calibration as it is now', stateSchema) },
});

/** `/api/cameras/{id}/calibration`: what a camera takes for ordinary, and how to change it. */
export function calibrationRoutes(calibrations: CalibrationDesk, cameras: Pick<CameraDirectory, 'get'>) {
  return apiRoutes()
    .openapi(state, (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      return context.json(calibrations.state(id), 200);
    })
    .openapi(calibrate, (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      const { minutes = usual } = context.req.valid('json');
      const note = `Whatever the camera shows in the next ${minutes} minutes is learned as ordinary.`;
      return context.json({ ...calibrations.calibrate(id, minutes), note }, 202);
    })
    .openapi(revert, async (context) => {
      const { id } = visibleCamera(cameras, context.req.valid('param').id, context.get('caller'));
      return context.json(await calibrations.revert(id, context.req.valid('json').version), 200);
    });
}
