/** The Huffman tables for luma of ITU-T T.81, Annex K.3. */

/** By symbol. */
export interface HuffmanTable {
  codes: Uint16Array;
  /** Bits; 0 for a symbol without a code. */
  lengths: Uint8Array;
}

/** How many codes there are of each length from 1 to 16 bits, and the symbols in the order of their codes. */
interface HuffmanSpec {
  counts: readonly number[];
  symbols: readonly number[];
}

const dc: HuffmanSpec = {
  counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  symbols: Array.from({ length: 12 }, (_, size) => size),
};

const ac: HuffmanSpec = {
  counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
  symbols: [
    ...Buffer.from(
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a343536' +
        '3738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798' +
        '999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3' +
        'f4f5f6f7f8f9fa',
      'hex',
    ),
  ],
};

/** Of differences of mean values: the symbol is how many bits follow. */
export const dcTable = tableOf(dc);
/** Of what else a block holds: the symbol is the zeros before it, times 16, and how many bits follow. */
export const acTable = tableOf(ac);
export const acSymbols = { endOfBlock: 0x00, sixteenZeros: 0xf0 } as const;

/** Both tables, as a file states them. */
export function huffmanSegment(): number[] {
  return [0x00, ...dc.counts, ...dc.symbols, 0x10, ...ac.counts, ...ac.symbols];
}

function tableOf({ counts, symbols }: HuffmanSpec): HuffmanTable {
  const table = { codes: new Uint16Array(256), lengths: new Uint8Array(256) };
  let code = 0;
  let at = 0;
  counts.forEach((count, index) => {
    for (let i = 0; i < count; i += 1) {
      const symbol = symbols[at] ?? 0;
      table.codes[symbol] = code;
      table.lengths[symbol] = index + 1;
      code += 1;
      at += 1;
    }
    code <<= 1;
  });
  return table;
}
