import { z } from '@hono/zod-openapi';
import { roles } from '../../access/access.js';
import { apiRoute, apiRoutes, jsonReply } from '../api-route.js';
import type { Tickets } from './tickets.js';

const callerSchema = z
  .strictObject({
    name: z.string().describe('of the token; local or anonymous without one'),
    role: z.enum(roles),
    cameras: z.array(z.string()).nullable().describe('those that it may see; null for all'),
  })
  .meta({ id: 'Caller' });

const me = apiRoute('viewer', {
  method: 'get',
  path: '/me',
  summary: 'Who the token stands for, and what that may do',
  responses: { 200: jsonReply('The caller', callerSchema) },
});

const ticketSchema = z
  .strictObject({ ticket: z.string().describe('for /ws?ticket=, once, within 30 s') })
  .meta({ id: 'LiveTicket' });

const liveTicket = apiRoute('viewer', {
  method: 'post',
  path: '/live-tickets',
  summary: 'A ticket for the WebSocket, for browsers, which cannot show a token there',
  responses: { 201: jsonReply('The ticket', ticketSchema) },
});

/** `/api/me` and `/api/live-tickets`: who is there, and how a browser says so. */
export function accessRoutes(tickets: Pick<Tickets, 'issue'>) {
  return apiRoutes()
    .openapi(me, (context) => {
      const { name, role, cameras } = context.get('caller');
      return context.json({ name, role, cameras: cameras === null ? null : [...cameras] }, 200);
    })
    .openapi(liveTicket, (context) => context.json({ ticket: tickets.issue(context.get('admission')) }, 201));
}
