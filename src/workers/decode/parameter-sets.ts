/** NAL unit types of the parameter sets: ITU-T H.264, table 7-1; H.265, table 7-1. */
const types = {
  h264: { of: (head: number) => head & 0x1f, sets: new Set([7, 8]) },
  hevc: { of: (head: number) => (head >> 1) & 0x3f, sets: new Set([32, 33, 34]) },
};

/** The parameter sets of a picture with start codes, one after the other; empty when it has none. */
export function parameterSets(picture: Buffer, codec: string): Buffer {
  if (codec !== 'h264' && codec !== 'hevc') return Buffer.alloc(0);
  const { of, sets } = types[codec];
  const found: Buffer[] = [];
  let begin = picture.indexOf(START_CODE);
  while (begin >= 0) {
    const from = begin + START_CODE.length;
    const next = picture.indexOf(START_CODE, from);
    if (sets.has(of(picture[from] ?? 0)))
      found.push(withoutZeros(picture.subarray(from, next < 0 ? undefined : next)));
    begin = next;
  }
  return Buffer.concat(found);
}

const START_CODE = Buffer.from([0, 0, 1]);

/** A start code of four bytes leaves its first behind the unit before it. */
function withoutZeros(unit: Buffer): Buffer {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end -= 1;
  return unit.subarray(0, end);
}
