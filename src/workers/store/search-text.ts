/** How events are searched for words: what is compared, and what a query asks for. */

/** Of a query; more would only make it slow. */
const MAX_NEEDLES = 16;

/**
 * The text in lower case, without accents, its words parted by one space, with one before and after: two texts that
 * people read as the same are the same, and a phrase is found across punctuation.
 */
export function searchText(...texts: readonly string[]): string {
  const plain = texts.join(' ').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return ` ${words.join(' ')} `;
}

/**
 * The parts of a query that must all occur in a {@link searchText}, each once: words, which may go on to the right, and
 * quoted phrases, which are whole. Empty when it names no word.
 */
export function searchNeedles(query: string): string[] {
  const parts = query.match(/"[^"]*"?|[^\s"]+/g) ?? [];
  const needles = parts.map((part) => {
    const text = searchText(part);
    return part.startsWith('"') ? text : text.trimEnd();
  });
  return [...new Set(needles.filter((needle) => needle.trim() !== ''))].slice(0, MAX_NEEDLES);
}
