import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { decodeCursor, encodeCursor, eventOfRow, eventStatement, rowOfEvent } from './event-query.js';
import { eventColumns } from './event-query.js';

const time = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const json = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.boolean(), fc.integer()));

function namedRow(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(eventColumns.split(', ').map((name, index) => [name, values[index]]));
}

describe('cursor', () => {
  it('comes back as the exact time and id', () => {
    fc.assert(
      fc.property(time, (start_time) => {
        const id = uuidv7();
        expect(decodeCursor(encodeCursor({ start_time, id }))).toEqual([start_time, id]);
      }),
    );
  });

  it('is refused when it is anything else', () => {
    const forged = Buffer.from('[1,"1 OR 1=1"]').toString('base64url');
    for (const cursor of ['', 'x', forged]) {
      expect(() => decodeCursor(cursor)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
    }
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        expect(() => decodeCursor(cursor)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
      }),
    );
  });
});

describe('row', () => {
  it('holds every field of an event', () => {
    fc.assert(
      fc.property(
        time,
        fc.option(time),
        fc.array(fc.string()),
        json,
        (start_time, end_time, actions, data) => {
          const event = anomalyEvent({ start_time, end_time, actions, data });
          expect(eventOfRow(namedRow(rowOfEvent(event)))).toEqual(event);
        },
      ),
    );
  });
});

describe('statement', () => {
  it('binds what clients send instead of writing it into the SQL', () => {
    const hostile = "x' OR 1=1 --";
    const { sql, values } = eventStatement({ camera: [hostile, 'gate'], label: [hostile], limit: 5 });
    expect(sql).not.toContain(hostile);
    expect(values).toEqual([hostile, 'gate', hostile]);
  });

  it('refuses a limit outside 1 to 500', () => {
    for (const limit of [0, 501, 1.5, Number.NaN]) {
      expect(() => eventStatement({ limit })).toThrow(expect.objectContaining({ code: 'request.invalid' }));
    }
  });
});
