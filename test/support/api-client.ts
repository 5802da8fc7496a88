import createClient from 'openapi-fetch';
import type { paths } from './api-types.js';

export type ApiClient = ReturnType<typeof apiClient>;

/** The body of a good answer. Throws what a problem says. */
export async function answered<T>(
  asked: Promise<{ data?: T | undefined; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked;
  if (data !== undefined) return data;
  throw new Error(`${response.url}: ${response.status} ${JSON.stringify(error)}`);
}

/** A client of the API whose paths, bodies and answers are those of its document. `token` for one that needs it. */
export function apiClient(url: string, token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return createClient<paths>({ baseUrl: url, headers });
}
