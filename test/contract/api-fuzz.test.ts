import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnswerChecker } from '../support/api-answer.js';
import { apiDocument } from '../support/api-document.js';
import { startApiProduct, type ApiProduct } from '../support/api-product.js';
import { apiRequests, type ApiRequest } from '../support/api-requests.js';
import { eventually } from '../support/product.js';

const REQUESTS = Number(process.env['NUNCHI_FUZZ_REQUESTS'] ?? 4_000);
const AT_ONCE = 32;
const SAMPLE = 500;
/** Made first, so that the caches of a young process are full when its memory is looked at. */
const WARM_UP = 2_000;
/** What memory may grow by after that. */
const GROWTH_MAX_MIB = 200;

const document = await apiDocument();
const checker = new AnswerChecker(document);

describe('requests made at random of the document', () => {
  let api: ApiProduct;
  const tally = new Map<string, number>();

  beforeAll(async () => {
    api = await startApiProduct();
    await eventually(() => areStreaming(api), 'cameras that stream', 30_000);
  });

  afterAll(async () => {
    await api.stop();
  });

  const residentMib = (): number => {
    const status = readFileSync(`/proc/${api.product.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
  };

  const count = (what: string): void => {
    tally.set(what, (tally.get(what) ?? 0) + 1);
  };

  /** What is wrong with the answer; null when nothing is. */
  async function faultOf({ operation, method, target, headers, body }: ApiRequest): Promise<string | null> {
    const init = { headers, ...(body !== undefined && { body }) };
    const answer = await api.ask(method, target, init);
    count(String(answer.status));
    const said = new TextDecoder().decode(answer.body.subarray(0, 500));
    const isUnready = answer.status === 503 && target.startsWith('/readyz');
    // The server beneath answers this itself, as the document says.
    const sent = target.length + Object.values(headers).join('').length;
    if (answer.status === 431 && sent > 3_000) return null;
    const mayFail = answer.status === 503 || answer.status === 504;
    if (answer.status >= 500 && !mayFail) return `${answer.status} ${said}`;
    if (mayFail && !isUnready) {
      count('unavailable');
      const { code } = JSON.parse(said) as { code?: string };
      count(code ?? 'no code');
      if (!(code?.startsWith('camera.') === true || code?.startsWith('thread.') === true)) return said;
    }
    if (method === 'HEAD') return null;
    const fault =
      operation === null
        ? answer.status < 400
          ? null
          : checker.problemFault(answer)
        : checker.fault(operation, answer);
    return fault === null ? null : `${fault}\n${said}`;
  }

  it(`${REQUESTS} of them: none breaks the product, and every answer is as declared`, async () => {
    const ids = await idsOf(api);
    const seed = Number(process.env['NUNCHI_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
    const faults: string[] = [];
    const world = { ids, passing: ['spare', 'other'], clip: api.spareClip };
    let before = 0;
    let began = 0;
    for (let made = -WARM_UP; made < REQUESTS; made += SAMPLE) {
      if (made === 0) [before, began] = [residentMib(), performance.now()];
      const queue = fc.sample(apiRequests(document, world), { numRuns: SAMPLE, seed: seed + made });
      const work = async (): Promise<void> => {
        for (let request = queue.pop(); request !== undefined; request = queue.pop()) {
          const fault = await faultOf(request);
          if (fault === null) continue;
          const { method, target, body = '' } = request;
          faults.push(`${method} ${target.slice(0, 300)} ${body.slice(0, 300)}\n  ${fault}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    }
    const seconds = (performance.now() - began) / 1_000;
    const perS = Math.round(REQUESTS / seconds);
    const grown = Math.round(residentMib() - before);
    process.stdout.write(
      `seed ${seed}: ${perS} requests/s, grown by ${grown} MiB, ${JSON.stringify([...tally])}\n`,
    );
    expect(faults.slice(0, 20), `seed ${seed}; ${faults.length} faults`).toEqual([]);
    expect((tally.get('unavailable') ?? 0) / (REQUESTS + WARM_UP)).toBeLessThan(0.01);
    expect(grown).toBeLessThan(GROWTH_MAX_MIB);
    expect((await api.ask('GET', '/livez')).status).toBe(200);
  }, 600_000);
});

async function areStreaming({ ask }: ApiProduct): Promise<true | undefined> {
  const { body } = await ask('GET', '/api/cameras');
  const { cameras } = JSON.parse(new TextDecoder().decode(body)) as { cameras: { state: string }[] };
  return cameras.every(({ state }) => state === 'streaming') ? true : undefined;
}

async function idsOf({ ask }: ApiProduct): Promise<Record<string, string[]>> {
  const headers = { 'content-type': 'application/json' };
  const events: string[] = [];
  for (const label of ['one', 'two', 'three']) {
    const reply = await ask('POST', '/api/events', {
      headers,
      body: JSON.stringify({ camera: 'gate', label }),
    });
    events.push((JSON.parse(new TextDecoder().decode(reply.body)) as { id: string }).id);
  }
  return {
    cameras: ['gate', 'yard'],
    camera: ['gate', 'yard'],
    events,
    traces: events,
    alerts: ['hook', ...events],
  };
}
