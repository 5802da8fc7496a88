import { z } from '@hono/zod-openapi';
import type { Caller } from '../access/access.js';
import { configJsonSchema } from '../config/schema.js';
import { AppError } from '../errors.js';
import type { ConfigDesk } from '../config/settings.js';
import { apiRoute, apiRoutes, jsonReply, jsonRequest } from './api-route.js';

const viewSchema = z
  .strictObject({
    config: z
      .record(z.string(), z.unknown())
      .describe('all settings, as /api/config/schema.json describes them; *** in place of secrets'),
    file: z.string().describe('where changes are written'),
    overridden: z
      .array(z.strictObject({ setting: z.string(), origin: z.string() }))
      .describe('settings that a variable or an option decides, whatever the file says'),
    restart_required: z
      .array(z.string())
      .describe('settings that were changed since the start and take effect with the next one'),
    reload_error: z
      .string()
      .nullable()
      .describe('what is wrong with the file, while an older configuration is in force'),
  })
  .meta({ id: 'Configuration' });

const show = apiRoute('admin', {
  method: 'get',
  path: '/',
  summary: 'The configuration that is in force',
  responses: { 200: jsonReply('With its defaults, without its secrets', viewSchema) },
});

const change = apiRoute('admin', {
  method: 'patch',
  path: '/',
  summary: 'Changes the configuration',
  description:
    'A JSON merge patch (RFC 7396): null removes a setting, so that its default holds. What is sent back as it was ' +
    'shown is no change, and *** keeps the secret. Answered once the file is written and the change applied. ' +
    '`config.invalid` names the first wrong setting, `config.read_only` one that is not changed here.',
  request: {
    body: jsonRequest(
      z
        .record(z.string(), z.unknown())
        .meta({ id: 'ConfigurationPatch', example: { alerts: { dedup_s: 30 } } }),
    ),
  },
  responses: { 200: jsonReply('The configuration as it is now', viewSchema) },
});

const schema = apiRoute('viewer', {
  method: 'get',
  path: '/schema.json',
  summary: 'The JSON Schema of the configuration',
  description: 'By a first line `# yaml-language-server: $schema=URL` editors complete and check the file.',
  responses: {
    200: jsonReply(
      'Draft 7',
      z.record(z.string(), z.unknown()).meta({ id: 'JsonSchema', description: 'A JSON Schema' }),
    ),
  },
});

/** `/api/config`: what is set, how to change it, and what can be set at all. */
export function configRoutes(desk: ConfigDesk) {
  const jsonSchema = configJsonSchema();
  return apiRoutes()
    .openapi(show, (context) => {
      requireAllCameras(context.get('caller'));
      return context.json(desk.view(), 200);
    })
    .openapi(change, async (context) => {
      requireAllCameras(context.get('caller'));
      return context.json(await desk.patch(context.req.valid('json'), context.get('requestId')), 200);
    })
    .openapi(schema, (context) => context.json(jsonSchema, 200));
}

/** The configuration names every camera. */
function requireAllCameras({ name, cameras }: Caller): void {
  if (cameras === null) return;
  const message = `the configuration is for those who may see all cameras; ${name} may see ${cameras.length}`;
  throw new AppError('request.forbidden', message);
}
