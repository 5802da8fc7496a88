/**
 * What a text search can rule out without reading a text: a Bloom filter (Bloom, CACM 1970) of how its words begin. A
 * word of a query may go on to the right, so beginnings are what both have in common.
 */

/** Of one half, which is a DuckDB HUGEINT: its sign is left alone. */
const HALF_BITS = 127n;
/** Characters of the beginnings that are taken in, of words that are as long. */
const LENGTHS = [3, 4, 6];

/** The two halves of a filter. */
export type SearchBits = readonly [low: bigint, high: bigint];

/**
 * The bits of a text, or of a part of a query, as `searchText` makes them. When a text contains a part, it has all of
 * the part's bits; one that does not seldom has them.
 */
export function searchBits(text: string): SearchBits {
  let bits = 0n;
  // What comes before the first space goes on to the left, perhaps.
  for (const word of text.split(' ').slice(1))
    for (const length of LENGTHS)
      if (word.length >= length) bits |= 1n << (hash(word, length) % (2n * HALF_BITS));
  return [bits & ((1n << HALF_BITS) - 1n), bits >> HALF_BITS];
}

/** FNV-1a (Fowler, Noll, Vo) over the UTF-16 code units of a beginning. */
function hash(word: string, length: number): bigint {
  let sum = 0x811c9dc5;
  for (let at = 0; at < length; at += 1) sum = Math.imul(sum ^ word.charCodeAt(at), 0x01000193);
  return BigInt(sum >>> 0);
}
