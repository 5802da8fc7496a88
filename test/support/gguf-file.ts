/** A small GGUF file that no network can be made of, but whose form is right. */

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const ALIGNMENT = 64;
const STRING = 8;
const ARRAY = 9;
const FLOAT32 = 6;
const UINT32 = 4;
const Q8_0 = 8;

/** Ends with the last byte of its last tensor. */
export function ggufFile({ version = 3, tensorType = Q8_0 } = {}): Buffer {
  const tokens = ['<s>', '</s>', 'a', 'b'];
  const keys = [
    [text('general.architecture'), u32(STRING), text('llama')],
    [text('general.alignment'), u32(UINT32), u32(ALIGNMENT)],
    [text('tokenizer.ggml.tokens'), u32(ARRAY), u32(STRING), u64(tokens.length), ...tokens.map(text)],
    [text('tokenizer.ggml.scores'), u32(ARRAY), u32(FLOAT32), u64(tokens.length), Buffer.alloc(16)],
    [text('general.name'), u32(STRING), text('A test')],
  ];
  // Rows of 64 weights, in Q8_0 two blocks of 34 bytes.
  const rows = [4, 2, 3];
  const bytes = rows.map((count) => count * 2 * 34);
  const offsets = bytes.map((_size, i) => bytes.slice(0, i).reduce((sum, size) => sum + aligned(size), 0));
  const tensors = rows.map((count, i) => [
    text(`blk.${i}.weight`),
    ...[u32(2), u64(64), u64(count)],
    ...[u32(tensorType), u64(offsets[i] ?? 0)],
  ]);
  const head = [Buffer.from('GGUF'), u32(version), u64(tensors.length), u64(keys.length)];
  const described = Buffer.concat([...head, ...keys.flat(), ...tensors.flat()]);
  const size = aligned(described.length) + (offsets.at(-1) ?? 0) + (bytes.at(-1) ?? 0);
  return Buffer.concat([described], size);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
