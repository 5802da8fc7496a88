import { z } from '@hono/zod-openapi';
import { auditEntrySchema } from '../../access/audit.js';
import { apiRoute, apiRoutes, jsonReply } from '../api-route.js';
import type { AuditKeeper } from './audit-trail.js';

const ENTRIES = { max: 500, default: 100 } as const;

const list = apiRoute('admin', {
  method: 'get',
  path: '/',
  summary: 'Who changed what, and who was not let; newest first',
  request: {
    query: z.strictObject({
      limit: z
        .string()
        .regex(/^\d{1,6}$/, 'must be a number')
        .transform(Number)
        .pipe(z.int().min(1).max(ENTRIES.max))
        .default(ENTRIES.default),
      before: z.uuid().optional().describe('id of an entry: only older ones'),
    }),
  },
  responses: {
    200: jsonReply(
      'A page',
      z.strictObject({ entries: z.array(auditEntrySchema.meta({ id: 'AuditEntry' })) }),
    ),
  },
});

/** `/api/audit`: the audit log. */
export function auditRoutes(audit: Pick<AuditKeeper, 'read'>) {
  return apiRoutes().openapi(list, async (context) => {
    const { limit, before = null } = context.req.valid('query');
    return context.json({ entries: await audit.read(limit, before) }, 200);
  });
}
