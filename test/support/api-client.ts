import createClient from 'openapi-fetch';
import type { paths } from './api-types.js';

export type ApiClient = ReturnType<typeof apiClient>;

/** A client of the API whose paths, bodies and answers are those of its document. `token` for one that needs it. */
export function apiClient(url: string, token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return createClient<paths>({ baseUrl: url, headers });
}
