/** What is told of the requests to the API. */
import type { ReadMetric } from './read-metric.js';

export const httpTotals: readonly ReadMetric[] = [
  {
    name: 'nunchi_http_requests_total',
    help: 'Requests by declared route, of which there are not many, and class of status.',
    labelNames: ['method', 'route', 'status'],
    samples: ({ http }) =>
      http.requests.map(({ method, route, status, count }) => ({
        labels: { method, route, status },
        value: count,
      })),
  },
  {
    name: 'nunchi_http_refused_requests_total',
    help: 'Requests that were refused at the door, by the reason.',
    labelNames: ['reason'],
    samples: ({ http }) =>
      Object.entries(http.refused).map(([reason, value]) => ({ labels: { reason }, value })),
  },
];
