import { z } from '@hono/zod-openapi';
import { severities, verdicts } from '../../event.js';
import { summaryDimensions } from '../../store-api.js';
import { isTimeZone } from '../../time-zone.js';
import { apiRoute, apiRoutes, jsonReply } from '../api-route.js';
import { filterParameters, filtersOf } from './event-filters.js';
import type { EventReader } from '../services.js';

const by = z
  .union([z.string(), z.array(z.string())], `is missing: name one or more of ${summaryDimensions.join(', ')}`)
  .transform((given) => [given].flat().flatMap((value) => value.split(',')))
  .transform((entries) => [...new Set(entries.map((entry) => entry.trim()))])
  .pipe(z.array(z.enum(summaryDimensions)).min(1))
  .describe(`what to count by, several with commas: ${summaryDimensions.join(', ')}`);

const tz = z
  .string('is given more than once')
  .max(64, 'has more than 64 characters')
  .refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin')
  .optional()
  .describe("time zone in which hours and days begin; the service's own when absent");

const group = z
  .strictObject({
    hour: z.number().optional().describe('Unix seconds at which it begins'),
    day: z.number().optional().describe('Unix seconds at which it begins'),
    camera: z.string().optional(),
    label: z.string().optional(),
    severity: z.enum(severities).optional(),
    verdict: z.enum(verdicts).optional(),
    count: z.int().min(1),
    top_score: z.number().min(0).max(1).describe('the highest of all'),
  })
  .meta({ id: 'EventGroup' });

const summary = apiRoute('viewer', {
  method: 'get',
  path: '/summary',
  summary: 'How many events there were, by hour, day, camera, label, severity or verdict',
  request: { query: z.strictObject({ ...filterParameters, by, tz }) },
  responses: {
    200: jsonReply(
      'The groups that have events, newest first',
      z
        .strictObject({
          groups: z.array(group),
          time_zone: z.string(),
          truncated: z.boolean().describe('there are more groups: ask for less at once'),
        })
        .meta({ id: 'EventSummary' }),
    ),
  },
});

/** `/api/events/summary`: events counted. */
export function eventSummaryRoutes(events: Pick<EventReader, 'summary'>) {
  return apiRoutes().openapi(summary, async (context) => {
    const { by: dimensions, tz: asked, ...parameters } = context.req.valid('query');
    const timeZone = asked ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    const filters = filtersOf(parameters, context.get('caller'));
    const { groups, truncated } = await events.summary({ ...filters, by: dimensions, timeZone });
    const replied = groups.map(({ topScore, ...rest }) => group.parse({ ...rest, top_score: topScore }));
    return context.json({ groups: replied, time_zone: timeZone, truncated }, 200);
  });
}
