import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnomalyEvent } from '../../src/event.js';
import { packagePath } from '../../src/paths.js';
import type { Trace } from '../../src/trace.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

/** The first anomaly of the plaza, a vehicle, begins 30 s into its clip. */
const FIRST_EVENT_MS = 60_000;
const plaza = ['--camera', `plaza=${packagePath('src/demo/clips/plaza.mp4')}`];

interface Stats {
  verification: { confirmed: number; unverified: Record<string, number> };
  agent: { decided: number; fallbacks: number };
  resources: {
    budgetMb: number;
    declaredMb: number;
    models: { name: string; state: string; measuredMb: number | null; failures: number }[];
  };
}

async function startPlaza(name: string, environment: Record<string, string>): Promise<Product> {
  return Product.start([...plaza, '--data-dir', temporaryDir(name)], {
    NUNCHI_VLM_MODEL: 'shipped',
    // Four products and other tests share the cores: what is late here says nothing of the agent.
    NUNCHI_AGENT_TIMEOUT_S: '30',
    ...environment,
  });
}

/** The first event, once it is decided on for good. */
function firstDecided(product: Product): Promise<AnomalyEvent> {
  const decided = async (): Promise<AnomalyEvent | undefined> =>
    (await product.events()).filter(({ actions }) => actions.length > 0).at(-1);
  return eventually(decided, 'an event that is decided on', FIRST_EVENT_MS, 250);
}

/** Shipped models of which one file has lost its end, as after a disk that was full. */
function damagedModels(): string {
  const dir = path.join(temporaryDir('models'), 'models');
  cpSync(packagePath('models'), dir, { recursive: true });
  const file = path.join(dir, 'vlm-text.gguf');
  writeFileSync(file, readFileSync(file).subarray(0, 500_000));
  return dir;
}

/** An endpoint that sees nothing at first, and a vehicle whenever it is asked again. */
async function startDoubter(): Promise<{ server: Server; environment: Record<string, string> }> {
  let questions = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      questions += 1;
      const content = JSON.stringify({
        label: questions === 1 ? 'normal' : 'vehicle',
        severity: questions === 1 ? 'low' : 'high',
        confidence: 0.9,
        description: questions === 1 ? 'A person walks.' : 'A car drives across.',
        evidence: [],
      });
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message: { content } }] }));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const NUNCHI_VLM_ENDPOINT_URL = `http://127.0.0.1:${port}/v1`;
  return { server, environment: { NUNCHI_VLM_ENDPOINT_URL, NUNCHI_VLM_ENDPOINT_MODEL: 'doubter' } };
}

let whole: Product;
let damaged: Product;
let cramped: Product;
let doubted: Product;
let doubter: Server;

beforeAll(async () => {
  const { server, environment } = await startDoubter();
  doubter = server;
  [whole, damaged, cramped, doubted] = await Promise.all([
    startPlaza('whole', {}),
    startPlaza('damaged', { NUNCHI_MODELS_DIR: damagedModels() }),
    startPlaza('cramped', { NUNCHI_RESOURCES_VRAM_MB: '2000', NUNCHI_RESOURCES_AGENT_MB: '900' }),
    startPlaza('doubted', environment),
  ]);
});

afterAll(() => {
  for (const product of [whole, damaged, cramped, doubted]) product.kill('SIGKILL');
  doubter.close();
});

describe('an anomaly of the demo', () => {
  it(
    'is looked at, decided on, and alerted under the name of what it is',
    { timeout: FIRST_EVENT_MS },
    async () => {
      const event = await firstDecided(whole);
      expect(event).toMatchObject({
        label: 'vehicle',
        severity: 'high',
        verdict: 'confirmed',
        actions: ['alert'],
        data: { decided_by: 'agent', rule: 'confirmed' },
      });
      expect(event.models.map(({ name }) => name)).toEqual(['motion', 'shipped', 'shipped']);
      const stats = await whole.get<Stats>('/api/stats');
      expect(stats.agent).toMatchObject({ fallbacks: 0 });
      expect(stats.resources.declaredMb).toBeLessThanOrEqual(stats.resources.budgetMb);
      const vlm = stats.resources.models.find(({ name }) => name === 'vlm');
      expect(vlm).toMatchObject({ state: 'loaded', failures: 0 });
      expect(vlm?.measuredMb).toBeGreaterThan(0);
    },
  );

  it('tells how it was decided, from the first score to the alert', async () => {
    const { id } = await firstDecided(whole);
    const complete = async (): Promise<Trace | undefined> => {
      const trace = await whole.get<Trace>(`/api/events/${id}/trace`);
      return trace.state === 'complete' ? trace : undefined;
    };
    const trace = await eventually(complete, 'the whole trace', 30_000, 500);
    const types = trace.steps.map(({ type }) => type);
    for (const type of ['opened', 'queued', 'clip', 'asked', 'answered', 'decided', 'alert', 'ended'])
      expect(types).toContain(type);
    const answered = trace.steps.find((step) => step.type === 'answered');
    expect(answered?.raw_output).toContain('"label":"vehicle"');
    expect(trace.steps.find((step) => step.type === 'alert')?.outcome).toBe('immediate');
    expect(Math.max(...trace.scores.s)).toBeGreaterThan(trace.threshold);
  });

  it('is looked at again while it goes on, and confirmed under the same id when more is seen', async () => {
    const confirmed = async (): Promise<AnomalyEvent | undefined> =>
      (await doubted.events()).filter(({ verdict }) => verdict === 'confirmed').at(-1);
    const event = await eventually(confirmed, 'an event that is confirmed', FIRST_EVENT_MS, 250);
    expect(event).toMatchObject({ label: 'vehicle', severity: 'high', summary: 'A car drives across.' });
    const { steps } = await doubted.get<Trace>(`/api/events/${event.id}/trace`);
    const answers = steps.filter((step) => step.type === 'answered');
    expect(answers.map(({ verdict }) => verdict)).toEqual(['rejected', 'confirmed']);
    expect((answers[1]?.t ?? 0) - (answers[0]?.t ?? 0)).toBeGreaterThan(1.5);
  });

  it('is told of without a verdict when the file of the model is damaged', async () => {
    const event = await firstDecided(damaged);
    expect(event).toMatchObject({
      label: 'anomaly',
      verdict: 'unverified',
      data: { unverified_because: 'model_unavailable', rule: 'unverified' },
    });
    expect(event.actions).toContain('alert');
    expect(damaged.log).toContain('model.hash_mismatch');
    expect((await fetch(`${damaged.url}/readyz`)).status).toBe(200);
  });

  it('is told of without a verdict when the model does not fit the memory budget', async () => {
    const event = await firstDecided(cramped);
    expect(event).toMatchObject({ verdict: 'unverified', data: { unverified_because: 'model_unavailable' } });
    const { resources } = await cramped.get<Stats>('/api/stats');
    expect(resources.declaredMb).toBeLessThanOrEqual(2_000);
    expect(resources.models.find(({ name }) => name === 'vlm')).toMatchObject({ state: 'unloaded' });
    expect(resources.models.find(({ name }) => name === 'vad')).toMatchObject({ state: 'loaded' });
    const trace = await cramped.get<Trace>(`/api/events/${event.id}/trace`);
    const step = trace.steps.find(({ type }) => type === 'unverified');
    expect(step).toMatchObject({ reason: 'model_unavailable' });
  });
});
