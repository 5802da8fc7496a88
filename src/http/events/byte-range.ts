/** Bytes of a file, both ends included. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * The part of a file of `bytes` that a Range header asks for (RFC 9110, 14.2): null for the whole, which is also the
 * answer to several parts and to what is no range of bytes; `none` when the file does not reach so far.
 */
export function byteRange(header: string | undefined, bytes: number): ByteRange | 'none' | null {
  const [, from = '', to = ''] = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return null;
  if (from === '') {
    const wanted = Math.min(Number(to), bytes);
    return wanted === 0 ? 'none' : { first: bytes - wanted, last: bytes - 1 };
  }
  const first = Number(from);
  const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (to !== '' && Number(to) < first) return null;
  return first < bytes ? { first, last } : 'none';
}
