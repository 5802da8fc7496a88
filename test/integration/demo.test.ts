import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCameras } from '../../src/demo/demo-cameras.js';
import type { AnomalyEvent } from '../../src/event.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

/** The promise of the README: the demo finds one of its scripted anomalies within a minute. */
const FIRST_EVENT_MS = 60_000;

let product: Product;
let startedS: number;

beforeAll(async () => {
  product = await Product.start(['--data-dir', temporaryDir('demo')]);
  startedS = Date.now() / 1000;
});

afterAll(async () => {
  await product.stop();
});

/** The anomaly of the demo's script during which an event took place, with some slack for start and hangover. */
function scriptedAnomaly(event: AnomalyEvent): string | undefined {
  const camera = demoCameras.find(({ id }) => id === event.camera);
  const at = event.start_time - startedS;
  return camera?.anomalies.find(({ startS, endS }) => at >= startS - 2 && at <= endS + 3)?.kind;
}

describe('the demo', () => {
  it('streams its four cameras', async () => {
    const cameras = await eventually(
      async () => {
        const cameras = await product.cameras();
        return cameras.every(({ state }) => state === 'streaming') ? cameras : undefined;
      },
      'all cameras streaming',
      15_000,
    );
    expect(cameras.map(({ id }) => id)).toEqual(demoCameras.map(({ id }) => id));
  });

  it(
    'stores a scripted anomaly within a minute, with its picture, and nothing in the first 20 s of normal scenes',
    async () => {
      const event = await eventually(
        async () => (await product.events()).find((candidate) => scriptedAnomaly(candidate) !== undefined),
        'an event of a scripted anomaly',
        FIRST_EVENT_MS,
        500,
      );
      expect(event.top_score).toBeGreaterThanOrEqual(event.threshold);
      // The first of them: those that looked at it may have spoken by now.
      expect(event.models[0]).toEqual({
        name: 'motion',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
      expect(event.has_snapshot).toBe(true);
      const picture = await fetch(`${product.url}/api/events/${event.id}/snapshot.jpg`);
      expect(picture.headers.get('content-type')).toBe('image/jpeg');
      const early = (await product.events()).filter(({ start_time }) => start_time - startedS < 20);
      expect(early).toEqual([]);
    },
    FIRST_EVENT_MS + 20_000,
  );

  it('sends statistics every second to who follows them', async () => {
    const socket = await product.socket({ type: 'subscribe', topics: ['stats'] });
    const types: string[] = [];
    while (types.filter((type) => type === 'stats').length < 2) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      types.push((JSON.parse(data.toString()) as { type: string }).type);
    }
    socket.terminate();
  });

  it('serves a picture, statistics, probes and the dashboard', async () => {
    const picture = await fetch(`${product.url}/api/cameras/gate/latest.jpg`);
    expect([...new Uint8Array(await picture.arrayBuffer()).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect(await product.get('/api/stats')).toMatchObject({
      vad: { failures: 0, models: [{ name: 'motion' }] },
    });
    expect((await fetch(`${product.url}/livez`)).status).toBe(200);
    expect((await fetch(`${product.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(product.url)).text()).toContain('Nunchi');
  });
});
