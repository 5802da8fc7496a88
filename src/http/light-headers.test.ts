import { describe, expect, it } from 'vitest';
import { LightHeaders } from './light-headers.js';

describe('light headers read as the standard ones', () => {
  for (const [kind, make] of [
    ['light', () => new LightHeaders({ 'X-One': '1', etag: '"a"' })],
    ['standard', () => new Headers({ 'X-One': '1', etag: '"a"' })],
  ] as const) {
    it(`${kind}: whatever the case of a name`, () => {
      const headers = make();
      headers.set('ETag', '"b"');
      headers.append('x-one', '2');
      expect([headers.get('x-ONE'), headers.has('Etag'), headers.get('none')]).toEqual(['1, 2', true, null]);
      const seen: string[] = [];
      headers.forEach((value, name) => seen.push(`${name}: ${value}`));
      expect(seen.toSorted()).toEqual(['etag: "b"', 'x-one: 1, 2']);
      headers.delete('X-One');
      expect([...headers]).toEqual([['etag', '"b"']]);
      expect([...headers.entries()]).toEqual([['etag', '"b"']]);
    });

    it.each(['a\r\nset-cookie: b', 'a\nb', 'a\0b'])(
      `${kind}: and refuse %j, which would end a line`,
      (value) => {
        expect(() => {
          make().set('location', value);
        }).toThrow(TypeError);
      },
    );
  }
});
