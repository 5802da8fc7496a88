import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchNeedles, searchText } from './search-text.js';

const finds = (text: string, query: string): boolean =>
  searchNeedles(query).every((needle) => searchText(text).includes(needle));

describe('a search', () => {
  it('knows neither case, accents nor punctuation', () => {
    expect(searchText('Der MANN, am Café-Tor!', 'Ａ')).toBe(' der mann am cafe tor a ');
    expect(finds('Der Mann am Café-Tor', 'CAFÉ')).toBe(true);
  });

  it('finds the beginning of a word, not its middle', () => {
    expect(finds('someone running', 'run')).toBe(true);
    expect(finds('someone running', 'unning')).toBe(false);
  });

  it('finds a quoted phrase of whole words across punctuation only', () => {
    expect(finds('left bag, near the door', '"bag near"')).toBe(true);
    expect(finds('left bag, near the door', '"bag nea"')).toBe(false);
    expect(finds('near the bag', '"bag near"')).toBe(false);
  });

  it('wants every part', () => {
    expect(finds('a bag by the door', 'door bag')).toBe(true);
    expect(finds('a bag by the door', 'door car')).toBe(false);
  });

  it('of a text that holds no word asks for nothing', () => {
    expect(searchNeedles(' -- "" ... %_')).toEqual([]);
  });

  it('asks for each part once, and for 16 at most', () => {
    expect(searchNeedles('bag Bag BÄG')).toEqual([' bag']);
    expect(searchNeedles(Array.from({ length: 40 }, (_, i) => `w${i}`).join(' '))).toHaveLength(16);
  });

  it('finds each text by itself in quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => finds(text, `"${text.replaceAll('"', ' ')}"`)),
    );
  });
});
