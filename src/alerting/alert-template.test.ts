import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, placeholders, type Placeholder, type PlaceholderValues } from './alert-template.js';

const names = Object.keys(placeholders) as Placeholder[];
const valuesWith = (summary: string): PlaceholderValues => ({
  ...(Object.fromEntries(names.map((name) => [name, ''])) as PlaceholderValues),
  summary,
  count: 3,
});

describe('a template', () => {
  it('keeps any text within the quotes that it was put between', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (summary) => {
        const filled = fillTemplate({ a: ['<{{ summary }}>'], b: 1 }, valuesWith(summary));
        expect(JSON.parse(JSON.stringify(filled))).toEqual({ a: [`<${summary}>`], b: 1 });
      }),
    );
  });

  it('does not fill what a value says', () => {
    expect(fillTemplate('a {{summary}}', valuesWith('{{count}}'))).toBe('a {{count}}');
  });

  it('keeps a number that stands alone', () => {
    expect(fillTemplate({ n: '{{count}}', t: '{{count}} events' }, valuesWith(''))).toEqual({
      n: 3,
      t: '3 events',
    });
  });
});
