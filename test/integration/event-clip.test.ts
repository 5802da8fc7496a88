import { readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveHub } from '../../src/http/live/live.js';
import { startHttp, type RunningHttp } from '../../src/http/server.js';
import { BYTES_PER_MIB } from '../../src/units.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { openHttp } from '../support/http-app.js';
import { FakeServices } from '../support/http-fakes.js';
import { eventually, temporaryDir } from '../support/product.js';
import { SimulatedClock } from '../support/simulated-clock.js';

/** More than the sockets of both ends take in. */
const BYTES = 32 * BYTES_PER_MIB;

describe('the clip of an event over a socket', () => {
  const services = new FakeServices();
  const file = path.join(temporaryDir('event-clip'), 'clip.mp4');
  let http: RunningHttp;
  let address: string;

  beforeAll(async () => {
    writeFileSync(file, Buffer.alloc(BYTES, 7));
    const event = anomalyEvent({ has_clip: true });
    services.stored = [event];
    services.clip = { path: file, bytes: BYTES, modifiedMs: statSync(file).mtimeMs };
    const clock = new SimulatedClock();
    const hub = new LiveHub({
      cameras: services.cameras,
      clock,
      defaults: { fps: 5, width: 640, quality: 75 },
    });
    http = await startHttp({ ...openHttp(), services, hub, clock });
    address = `${http.url}/api/events/${event.id}/clip.mp4`;
  });

  afterAll(() => {
    http.close();
  });

  const opened = (): number =>
    readdirSync('/proc/self/fd').filter((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`) === file;
      } catch {
        return false;
      }
    }).length;
  const closed = () => Promise.resolve(opened() === 0 ? true : undefined);

  it('arrives whole, and in part', async () => {
    const whole = await fetch(address);
    expect(Buffer.from(await whole.arrayBuffer()).equals(Buffer.alloc(BYTES, 7))).toBe(true);
    const part = await fetch(address, { headers: { range: `bytes=${BYTES - 100_000}-` } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 100_000]);
    await eventually(closed, 'the file is closed', 2_000);
  });

  it('tells its length to HEAD, and opens nothing for it', async () => {
    const head = await fetch(address, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(BYTES));
    expect(opened()).toBe(0);
  });

  it('is read no further once its client has left', async () => {
    const leave = new AbortController();
    const reply = await fetch(address, { signal: leave.signal });
    await reply.body?.getReader().read();
    expect(opened()).toBe(1);
    leave.abort();
    await eventually(closed, 'the file is closed', 2_000);
  });
});
