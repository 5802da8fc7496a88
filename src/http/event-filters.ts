import { z } from 'zod';
import { AppError } from '../errors.js';
import { severities, verdicts } from '../event.js';
import type { EventQuery } from '../protocol.js';

const EVENTS_MAX = 500;
const EVENTS_DEFAULT = 50;
const LIST_MAX = 64;

/** Every query parameter arrives as the list of its values, in the order given. */
const values = z.array(z.string());

/** Comma lists, and the parameter given more than once, come to the same. */
function listOf<T extends z.ZodType<string, string>>(item: T) {
  return values
    .transform((given) => given.flatMap((value) => value.split(',')).map((entry) => entry.trim()))
    .pipe(z.array(item).max(LIST_MAX))
    .optional();
}

const single = values
  .refine((given) => given.length === 1, 'is given more than once')
  .transform((given) => given[0] ?? '');
const name = z.string().min(1, 'has an empty entry').max(64);
const decimal = single
  .refine((text) => text.trim() !== '' && Number.isFinite(Number(text)), 'must be a number')
  .transform(Number);

const filtersSchema = z.strictObject({
  camera: listOf(name),
  cameras: listOf(name),
  severity: listOf(z.enum(severities)),
  label: listOf(name),
  labels: listOf(name),
  verdict: listOf(z.enum(verdicts)),
  after: decimal.optional(),
  before: decimal.optional(),
  min_score: decimal.pipe(z.number().min(0).max(1)).optional(),
  limit: decimal.pipe(z.int().min(1).max(EVENTS_MAX)).default(EVENTS_DEFAULT),
  cursor: single.pipe(z.string().min(1).max(512)).optional(),
});

/** Reads the filters of `GET /api/events`. Throws `request.invalid` naming the parameter. */
export function parseEventFilters(query: Record<string, string[]>): EventQuery {
  const parsed = filtersSchema.safeParse(query);
  if (!parsed.success) throw invalidParameter(parsed.error);
  const { cameras, labels, min_score: minScore, ...filters } = parsed.data;
  return {
    ...filters,
    camera: union(filters.camera, cameras),
    label: union(filters.label, labels),
    minScore,
  };
}

function union(singular: string[] | undefined, plural: string[] | undefined): string[] | undefined {
  if (singular === undefined) return plural;
  return [...new Set([...singular, ...(plural ?? [])])];
}

function invalidParameter(error: z.ZodError): AppError {
  const issue = error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const parameter = unknown ?? String(issue?.path[0]);
  const reason = unknown === undefined ? (issue?.message ?? 'is invalid') : 'is unknown';
  return new AppError('request.invalid', `query parameter "${parameter}": ${reason}`, { parameter });
}
