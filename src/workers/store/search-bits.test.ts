import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchBits } from './search-bits.js';
import { searchNeedles, searchText } from './search-text.js';

const covers = (text: string, part: string): boolean => {
  const has = searchBits(text);
  return searchBits(part).every((needed, half) => ((has[half] ?? 0n) & needed) === needed);
};

describe('searchBits', () => {
  it('never rules out a text that contains what is searched for', () => {
    const word = fc.stringMatching(/^[a-zéäöü0-9가-힣-]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.string({ maxLength: 20 }), (words, query) => {
        const text = searchText(...words);
        const queries = [query, ...words, ...words.map((w) => w.slice(0, 4)), `"${words.join(' ')}"`];
        for (const needle of queries.flatMap(searchNeedles))
          if (text.includes(needle)) expect(covers(text, needle), `${needle} in ${text}`).toBe(true);
      }),
    );
  });

  it('rules most texts out that do not', () => {
    const words = Array.from({ length: 2_000 }, (_, i) => (i * 7_919 + 12_345).toString(36).repeat(2));
    const text = searchText(...words.slice(0, 20));
    const passed = words.slice(20).filter((word) => covers(text, ` ${word}`)).length;
    expect(passed / 1_980).toBeLessThan(0.05);
  });
});
