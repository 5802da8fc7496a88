import { expect, it } from 'vitest';
import { z } from 'zod';
import { issueText } from './zod-issue.js';

const schema = z.object({
  url: z.string().optional(),
  minutes: z.number().nullable().optional(),
  threshold: z.union([z.literal('auto'), z.number().max(1)]).optional(),
  by: z.union([z.string(), z.array(z.string())], 'names nothing to count by').optional(),
  cameras: z.record(z.string().regex(/^\w+$/, 'an id is made of letters'), z.unknown()).optional(),
});

const wrong = (value: object, fields: z.ZodType = schema): string[] =>
  (fields.safeParse(value).error?.issues ?? []).map(issueText);

it('says of what is not there that it is missing', () => {
  expect(wrong({}, schema.required({ url: true, minutes: true }))).toEqual(['is missing', 'is missing']);
});

it('tells each way in which a value could be right, and what is wrong with a key', () => {
  expect(wrong({ threshold: 'high' })).toEqual([expect.stringMatching(/ "auto", or .* number, /)]);
  expect(wrong({ cameras: { 'a b': 1 } })).toEqual(['an id is made of letters']);
});

it('leaves the words that a schema has of its own', () => {
  expect(wrong({ by: 1 })).toEqual(['names nothing to count by']);
});
