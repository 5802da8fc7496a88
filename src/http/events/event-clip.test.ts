import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { testApp } from '../../../test/support/http-app.js';
import { FakeServices } from '../../../test/support/http-fakes.js';

/** More than a stream reads at a time. */
const BYTES = 200_000;
const content = Buffer.from(Array.from({ length: BYTES }, (_, index) => (index * 7 + (index >> 8)) % 256));
const event = anomalyEvent({ has_clip: true, camera: 'gate', start_time: 1_700_000_000.5 });

let services: FakeServices;

beforeEach(() => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'nunchi-event-clip-')), 'clip.mp4');
  writeFileSync(file, content);
  utimesSync(file, 1_700_000_000, 1_700_000_000);
  services = new FakeServices();
  services.stored = [event];
  services.clip = { path: file, bytes: BYTES, modifiedMs: 1_700_000_000_000 };
});

async function ask(headers: Record<string, string> = {}, { method = 'GET', query = '', id = event.id } = {}) {
  const { app } = testApp(services);
  const reply = await app.request(`http://localhost:8971/api/events/${id}/clip.mp4${query}`, {
    method,
    headers,
  });
  return { status: reply.status, headers: reply.headers, body: Buffer.from(await reply.arrayBuffer()) };
}

const problemOf = ({ body }: { body: Buffer }) =>
  JSON.parse(body.toString()) as { code: string; detail: string };

describe('the clip of an event', () => {
  it('is sent whole, and says what it is', async () => {
    const { status, headers, body } = await ask();
    expect(status).toBe(200);
    expect(body.equals(content)).toBe(true);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(BYTES),
      'accept-ranges': 'bytes',
      'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT',
    });
    expect(headers.get('content-disposition')).toBeNull();
  });

  it.each([
    ['bytes=0-', 0, BYTES - 1],
    ['bytes=100000-199998', 100_000, 199_998],
    ['bytes=-5', BYTES - 5, BYTES - 1],
  ])('is sent in part for %s', async (range, first, last) => {
    const { status, headers, body } = await ask({ range });
    expect(status).toBe(206);
    expect(headers.get('content-range')).toBe(`bytes ${first}-${last}/${BYTES}`);
    expect(headers.get('content-length')).toBe(String(last + 1 - first));
    expect(body.equals(content.subarray(first, last + 1))).toBe(true);
  });

  it('refuses a part beyond its end, and tells its length', async () => {
    const refused = await ask({ range: `bytes=${BYTES}-` });
    expect(refused.status).toBe(416);
    expect(refused.headers.get('content-range')).toBe(`bytes */${BYTES}`);
    expect(problemOf(refused).code).toBe('clip.range_invalid');
  });

  it('is sent whole to a client that has a part of another clip', async () => {
    const { headers } = await ask();
    const etag = headers.get('etag') ?? '';
    expect((await ask({ range: 'bytes=0-9', 'if-range': etag })).status).toBe(206);
    expect((await ask({ range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200);
  });

  it('is not sent to a client that has it', async () => {
    const { headers } = await ask();
    const again = await ask({ 'if-none-match': headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
  });

  it('has no body for HEAD, but its length', async () => {
    const { status, headers, body } = await ask({}, { method: 'HEAD' });
    expect([status, headers.get('content-length'), body.length]).toEqual([200, String(BYTES), 0]);
  });

  it('is named for those who save it', async () => {
    const { headers } = await ask({}, { query: '?download=1' });
    expect(headers.get('content-disposition')).toBe('attachment; filename="gate-2023-11-14T22-13-20.mp4"');
  });

  it('is not there for an event that has none, and the reason tells one that was removed', async () => {
    services.clip = null;
    const never = await ask();
    expect([never.status, problemOf(never).code]).toEqual([404, 'clip.not_found']);
    expect(problemOf(never).detail).toContain('never made');
    services.stored = [{ ...event, has_clip: false, data: { clip_codec: 'h264' } }];
    const removed = await ask();
    expect([removed.status, problemOf(removed).code]).toEqual([404, 'clip.not_found']);
    expect(problemOf(removed).detail).toContain('removed, for space or age');
  });

  it('is not there when it is removed between the look and the reading', async () => {
    services.clip = { path: '/nowhere/clip.mp4', bytes: BYTES, modifiedMs: 0 };
    expect(problemOf(await ask()).code).toBe('clip.not_found');
  });

  it('is not there for an event that is not', async () => {
    expect(problemOf(await ask({}, { id: 'none' })).code).toBe('event.not_found');
  });
});
