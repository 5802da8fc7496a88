import { Hono } from 'hono';
import { z } from 'zod';
import { CALIBRATION_MINUTES } from '../calibration-state.js';
import { jsonBody } from './json-body.js';
import type { CalibrationDesk } from './services.js';

const { min, max, default: usual } = CALIBRATION_MINUTES;
const requestSchema = z.strictObject({ minutes: z.number().min(min).max(max).default(usual) });
const revertSchema = z.strictObject({ version: z.int().positive() });

/** `/api/cameras/{id}/calibration`: what a camera takes for ordinary, and how to change it. */
export function calibrationRoutes(calibrations: CalibrationDesk): Hono {
  const routes = new Hono();

  routes.get('/:id/calibration', (context) => context.json(calibrations.state(context.req.param('id'))));

  routes.post('/:id/calibrate', async (context) => {
    const { minutes } = await jsonBody(context, requestSchema);
    const state = calibrations.calibrate(context.req.param('id'), minutes);
    const note = `Whatever the camera shows in the next ${minutes} minutes is learned as ordinary.`;
    return context.json({ ...state, note }, 202);
  });

  routes.post('/:id/calibration/revert', async (context) => {
    const { version } = await jsonBody(context, revertSchema);
    return context.json(await calibrations.revert(context.req.param('id'), version));
  });

  return routes;
}
