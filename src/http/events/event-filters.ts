/** The query parameters that say which events are meant. */
import { z } from '@hono/zod-openapi';
import { maySee, type Caller } from '../../access/access.js';
import { severities, verdicts } from '../../event.js';
import type { EventFilters } from '../../store-api.js';

const LIST_MAX = 64;

/** A parameter that is given more than once arrives as a list. */
const given = z.union([z.string(), z.array(z.string())]);

/** Comma lists, and the parameter given more than once, come to the same. */
function listOf<T extends z.ZodType<string, string>>(item: T) {
  return given
    .transform((values) => [values].flat().flatMap((value) => value.split(',')))
    .transform((entries) => entries.map((entry) => entry.trim()))
    .pipe(z.array(item).max(LIST_MAX))
    .optional();
}

const name = z.string().min(1, 'has an empty entry').max(64);

/** One number. */
export const decimal = z
  .string('is given more than once')
  .refine((text) => text.trim() !== '' && Number.isFinite(Number(text)), 'must be a number')
  .transform(Number);

const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((text) => text === 'true' || text === '1')
  .optional();

const names = (what: string) => listOf(name).describe(`${what}; several with commas, one of which must hold`);

/** For the query of a route, together with what the route adds. */
export const filterParameters = {
  camera: names('ids of cameras'),
  cameras: names('the same as camera'),
  severity: listOf(z.enum(severities)),
  label: names('what happened'),
  labels: names('the same as label'),
  verdict: listOf(z.enum(verdicts)),
  state: listOf(z.enum(['new', 'ended'])),
  zone: names('zones in which it was strongest'),
  zones: names('the same as zone'),
  feedback: listOf(z.enum(['right', 'false_alarm', 'none'])).describe('what people said of it'),
  kept: flag,
  has_clip: flag,
  after: decimal.optional().describe('Unix seconds; those that started then or later'),
  before: decimal.optional().describe('Unix seconds; those that started earlier'),
  min_score: decimal.pipe(z.number().min(0).max(1)).optional(),
  q: z
    .string('is given more than once')
    .min(1, 'is empty')
    .max(200, 'has more than 200 characters')
    .optional()
    .describe(
      'words and "quoted phrases" that must all occur in summary, reasoning, label or camera; case and accents do not ' +
        'matter, and a word may go on to the right',
    ),
};

/** The filters that parameters stand for, among the cameras that the caller may see. */
export function filtersOf(
  parameters: z.output<z.ZodObject<typeof filterParameters>>,
  caller: Caller,
): EventFilters {
  const { camera, cameras, label, labels, zone, zones, severity, verdict, state, feedback } = parameters;
  const { kept, has_clip: hasClip, after, before, min_score: minScore, q } = parameters;
  const asked = union(camera, cameras);
  return {
    camera: asked === undefined ? visibleTo(caller) : asked.filter((id) => maySee(caller, id)),
    label: union(label, labels),
    zone: union(zone, zones),
    ...{ severity, verdict, state, feedback, kept, hasClip, after, before, minScore, q },
  };
}

function visibleTo({ cameras }: Caller): string[] | undefined {
  return cameras === null ? undefined : [...cameras];
}

function union(singular: string[] | undefined, plural: string[] | undefined): string[] | undefined {
  if (singular === undefined) return plural;
  return [...new Set([...singular, ...(plural ?? [])])];
}
