import type { Context } from 'hono';
import type { z } from 'zod';
import { AppError } from '../errors.js';

/** The request's JSON body; an empty one counts as `{}`. Throws `request.invalid` naming the field. */
export async function jsonBody<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parse(await context.req.text()));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = unknown ?? (issue?.path.join('.') || 'body');
  const reason = unknown === undefined ? (issue?.message ?? 'is invalid') : 'is unknown';
  throw new AppError('request.invalid', `${field}: ${reason}`, { field });
}

function parse(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('request.invalid', 'body: is not JSON', { field: 'body' }, error);
  }
}
