import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { AppError } from '../../errors.js';
import type { VlmLoaded, VlmRequest, VlmSource } from '../../protocol/vlm.js';
import type { VlmBackend, VlmText } from './vlm-backend.js';
import { VlmService } from './vlm-service.js';

const loaded: VlmLoaded = { name: 'test', sha256: 'ab', measuredMb: 10, device: 'cpu' };
const source: VlmSource = { type: 'endpoint', name: 'test', url: 'http://localhost/v1', apiKey: null };

function request(id: string, deadlineMs = 1_000): VlmRequest {
  const clip = { pictures: [], mime: 'image/jpeg', secondsBefore: [] } as const;
  return {
    id,
    clip: { ...clip, pictures: [], secondsBefore: [] },
    prompt: id,
    schema: {},
    maxTokens: 8,
    deadlineMs,
  };
}

/** A model whose answers a test gives; it ends a question that is stopped, unless it hangs. */
class FakeVlm implements VlmBackend {
  readonly loaded = loaded;
  readonly fallback = null;
  readonly asked: string[] = [];
  hangs = false;
  released = false;
  finish: (text: string) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  ask({ prompt }: { prompt: string }, signal: AbortSignal): Promise<VlmText> {
    expect(this.released).toBe(false);
    this.asked.push(prompt);
    return new Promise((resolve, reject) => {
      this.finish = (text) => {
        resolve({ text, tokens: text.length });
      };
      this.fail = reject;
      signal.addEventListener('abort', () => {
        if (!this.hangs) reject(new AppError('vlm.failed', 'stopped'));
      });
    });
  }

  release(): Promise<void> {
    this.released = true;
    return Promise.resolve();
  }
}

let clock: SimulatedClock;
let model: FakeVlm;
let hangs: AppError[];
let service: VlmService;

/** Lets all that is settled be noticed. */
const settle = (): Promise<void> => clock.advance(0);

beforeEach(async () => {
  clock = new SimulatedClock();
  model = new FakeVlm();
  hangs = [];
  service = new VlmService({
    open: () => Promise.resolve(model),
    clock,
    onHang: (error) => hangs.push(error),
  });
  await service.load(source);
});

describe('VlmService', () => {
  it('answers one after the other, in order, and says how long each waited and took', async () => {
    const first = service.ask(request('first'));
    await settle();
    const second = service.ask(request('second'));
    await clock.advance(30);
    expect(model.asked).toEqual(['first']);
    model.finish('1');
    expect(await first).toEqual({ reply: { text: '1', tokens: 1, runMs: 30, waitedMs: 0 } });
    await clock.advance(20);
    expect(model.asked).toEqual(['first', 'second']);
    model.finish('two');
    expect(await second).toEqual({ reply: { text: 'two', tokens: 3, runMs: 20, waitedMs: 30 } });
    expect(service.stats).toEqual({ loaded, fallback: null, asked: 2, answered: 2, failed: 0 });
  });

  it('says that none is loaded: before, after and while one could not be', async () => {
    const failure = new AppError('model.missing', 'no such file');
    const empty = new VlmService({ open: () => Promise.reject(failure), clock, onHang: () => undefined });
    expect(await empty.ask(request('early'))).toMatchObject({ error: { code: 'vlm.not_loaded' } });
    await expect(empty.load(source)).rejects.toBe(failure);
    expect(await empty.ask(request('after'))).toMatchObject({ error: { code: 'vlm.not_loaded' } });
    expect(empty.stats).toMatchObject({ loaded: null, asked: 2, answered: 0, failed: 2 });
  });

  it('refuses a fifth request that would wait, and takes one again once there is room', async () => {
    const running = service.ask(request('running'));
    await settle();
    const waiting = [1, 2, 3, 4].map((i) => service.ask(request(`waiting ${i}`, 10_000)));
    expect(await service.ask(request('fifth'))).toMatchObject({ error: { code: 'gpu.overloaded' } });
    model.finish('');
    await running;
    await settle();
    const next = service.ask(request('next', 10_000));
    for (const answer of [...waiting, next]) {
      model.finish('');
      expect(await answer).toMatchObject({ reply: { text: '' } });
      await settle();
    }
  });

  it('answers at the deadline, and asks nothing else until the model has let go', async () => {
    const late = service.ask(request('late', 100));
    await settle();
    const next = service.ask(request('next'));
    await clock.advance(100);
    expect(await late).toMatchObject({ error: { code: 'vlm.deadline' } });
    await settle();
    expect(model.asked).toEqual(['late', 'next']);
    model.finish('ok');
    expect(await next).toMatchObject({ reply: { text: 'ok', waitedMs: 100 } });
    await clock.advance(60_000);
    expect(hangs).toEqual([]);
  });

  it('tells of a model that does not end 5 s after it was stopped', async () => {
    model.hangs = true;
    const hung = service.ask(request('hung', 100));
    await settle();
    const next = service.ask(request('next', 1_000));
    await clock.advance(100);
    expect(await hung).toMatchObject({ error: { code: 'vlm.deadline' } });
    await clock.advance(4_999);
    expect(await next).toMatchObject({ error: { code: 'vlm.deadline' } });
    expect(hangs).toEqual([]);
    await clock.advance(1);
    expect(hangs).toEqual([expect.objectContaining({ code: 'gpu.deadline' })]);
    expect(model.asked).toEqual(['hung']);
  });

  it('gives the place of a request that waited too long to another', async () => {
    const running = service.ask(request('running', 10_000));
    await settle();
    const waiting = [1, 2, 3, 4].map((i) => service.ask(request(`waiting ${i}`, 100)));
    await clock.advance(100);
    for (const answer of waiting) expect(await answer).toMatchObject({ error: { code: 'vlm.deadline' } });
    const next = service.ask(request('next', 10_000));
    model.finish('');
    await running;
    await settle();
    model.finish('');
    expect(await next).toMatchObject({ reply: {} });
    expect(model.asked).toEqual(['running', 'next']);
  });

  it('passes on why an answer failed, and goes on', async () => {
    const bad = service.ask(request('bad'));
    await settle();
    model.fail(new AppError('vlm.failed', 'no such picture'));
    expect(await bad).toMatchObject({ error: { code: 'vlm.failed', message: 'no such picture' } });
    const good = service.ask(request('good'));
    await settle();
    model.finish('ok');
    expect(await good).toMatchObject({ reply: { text: 'ok' } });
  });

  it('unloads after the answer under way; what waits then finds none', async () => {
    const running = service.ask(request('running'));
    await settle();
    const waiting = service.ask(request('waiting'));
    const unloaded = service.unload();
    await settle();
    expect(model.released).toBe(false);
    model.finish('ok');
    expect(await running).toMatchObject({ reply: { text: 'ok' } });
    await unloaded;
    expect(model.released).toBe(true);
    expect(await waiting).toMatchObject({ error: { code: 'vlm.not_loaded' } });
  });

  it('loads another in place of the one that is loaded, which it releases first', async () => {
    const first = model;
    model = new FakeVlm();
    await service.load(source);
    expect([first.released, model.released]).toEqual([true, false]);
  });

  it('stops an answer under way, answers what waits, and releases the model', async () => {
    const running = service.ask(request('running'));
    await settle();
    const waiting = service.ask(request('waiting'));
    const stopped = service.stop();
    for (const answer of [running, waiting]) {
      expect(await answer).toMatchObject({ error: { code: 'vlm.not_loaded' } });
    }
    await stopped;
    expect(model.released).toBe(true);
    expect(model.asked).toEqual(['running']);
    expect(await service.ask(request('late'))).toMatchObject({ error: { code: 'vlm.not_loaded' } });
    await expect(service.load(source)).rejects.toMatchObject({ code: 'vlm.not_loaded' });
  });

  it('ends a load under way when it is stopped', async () => {
    const aborted = new AppError('model.load_failed', 'aborted');
    const loading = new VlmService({
      open: (_source, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(aborted);
          });
        }),
      clock,
      onHang: () => undefined,
    });
    const refused = expect(loading.load(source)).rejects.toBe(aborted);
    await settle();
    await loading.stop();
    await refused;
  });
});
