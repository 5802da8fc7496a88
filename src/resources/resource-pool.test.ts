import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import { AppError } from '../errors.js';
import { declared, FakeModels, type Name } from '../../test/support/fake-models.js';
import { ResourcePool } from './resource-pool.js';

/** The example: 2,000 MiB allowed, for models of 1,024, 800 and 900. */
function setUp({ budgetMb = 2_000, loadMs = 100, unloadMs = 50 } = {}) {
  const clock = new SimulatedClock();
  const models = new FakeModels(clock, budgetMb);
  for (const name of ['vad', 'agent', 'vlm'] as const) models.behaviour[name] = { loadMs, unloadMs };
  const failures: string[] = [];
  const pool = new ResourcePool<Name>({
    budgetMb,
    models: declared,
    loaders: models.loaders,
    idleUnloadMs: 300_000,
    clock,
    onFailure: (name, error) => failures.push(`${name} ${error.code}`),
  });
  const use = (name: Name, runMs = 0): Promise<string> =>
    pool
      .use(name, () => models.used(name, runMs))
      .then(
        () => 'used',
        (thrown: unknown) => AppError.from(thrown).code,
      );
  const states = (): Record<string, string> =>
    Object.fromEntries(pool.report().models.map(({ name, state }) => [name, state]));
  return { clock, models, pool, failures, use, states };
}

describe('ResourcePool', () => {
  it('with 2,000 MiB loads what is wanted, and unloads what is not, as designed', async () => {
    const { clock, models, pool, use, states } = setUp();
    const vad = use('vad');
    await clock.advance(200);
    expect(await vad).toBe('used');

    const verdict = use('vlm', 1_000);
    await clock.advance(500);
    expect(pool.report()).toMatchObject({ budgetMb: 2_000, declaredMb: 1_924 });

    // The agent needs the room of the VLM, which finishes first.
    const decision = use('agent', 200);
    await clock.advance(2_000);
    expect([await verdict, await decision]).toEqual(['used', 'used']);
    expect(states()).toEqual({ vad: 'loaded', agent: 'loaded', vlm: 'unloaded' });

    // The next verdict takes it back once the agent has rested for two seconds.
    const next = use('vlm', 100);
    await clock.advance(5_000);
    expect(await next).toBe('used');
    expect(states()).toEqual({ vad: 'loaded', agent: 'unloaded', vlm: 'loaded' });

    await clock.advance(301_000);
    expect(states()).toEqual({ vad: 'loaded', agent: 'unloaded', vlm: 'unloaded' });
    expect(models.log).toEqual([
      ...['load vad', 'load vlm', 'unload vlm', 'load agent', 'unload agent', 'load vlm', 'unload vlm'],
    ]);
    expect(models.peakMb).toBe(1_924);
  });

  it('loads a model once for all who want it at the same time', async () => {
    const { clock, models, pool, use } = setUp();
    const uses = [use('vlm', 10), use('vlm', 20), use('vlm', 30)];
    await clock.advance(50);
    expect(pool.report().models[2]).toMatchObject({ state: 'loading', waiting: 3, users: 0 });
    await clock.advance(65);
    expect(pool.report().models[2]).toMatchObject({ state: 'loaded', waiting: 0, users: 2, measuredMb: 7 });
    await clock.advance(100);
    expect(await Promise.all(uses)).toEqual(['used', 'used', 'used']);
    expect(models.log).toEqual(['load vlm']);
  });

  it('refuses at once what can never fit, and says what to change', async () => {
    const { clock, pool, use } = setUp({ budgetMb: 1_500 });
    const vad = use('vad');
    await clock.advance(200);
    await vad;
    const error = await pool
      .use('vlm', () => Promise.resolve())
      .catch((thrown: unknown) => AppError.from(thrown));
    expect(error).toMatchObject({
      code: 'model.over_budget',
      message:
        'no room for the model vlm: it needs 900 of the 1500 MiB of resources.vram_mb; loaded: vad (1024 MiB); ' +
        'raise resources.vram_mb or lower resources.vlm_mb',
    });
    expect(pool.report().refused).toBe(1);
  });

  it('refuses after 15 seconds when nobody gives up the room, and never takes it from a user', async () => {
    const { clock, models, use } = setUp();
    const vad = use('vad');
    const decision = use('agent', 60_000);
    await clock.advance(300);
    const verdict = use('vlm');
    await clock.advance(15_000);
    expect(await verdict).toBe('model.over_budget');
    await clock.advance(60_000);
    expect([await vad, await decision]).toEqual(['used', 'used']);
    expect(models.log).toEqual(['load vad', 'load agent']);
  });

  it('waits for a load under way, however long it takes', async () => {
    const { clock, use } = setUp({ loadMs: 60_000 });
    const verdict = use('vlm');
    await clock.advance(61_000);
    expect(await verdict).toBe('used');
  });

  it('sheds what is idle for the VAD first, and spares what is busy if that is enough', async () => {
    const { clock, models, use, states } = setUp();
    const others = [use('vlm', 5_000), use('agent', 100)];
    await clock.advance(1_000);
    const vad = use('vad');
    await clock.advance(200);
    expect(states()).toEqual({ vad: 'loaded', agent: 'unloaded', vlm: 'loaded' });
    await clock.advance(5_000);
    expect(await Promise.all([...others, vad])).toEqual(['used', 'used', 'used']);
    expect(models.log).toEqual(['load vlm', 'load agent', 'unload agent', 'load vad']);
  });

  it('sheds what is busy for the VAD once it is done, and lets no more users in meanwhile', async () => {
    const { clock, models, use, states } = setUp({ budgetMb: 1_500 });
    const verdict = use('vlm', 5_000);
    await clock.advance(1_000);
    const vad = use('vad');
    const late = use('vlm', 60_000);
    await clock.advance(3_000);
    expect(states()).toEqual({ vad: 'unloaded', agent: 'unloaded', vlm: 'loaded' });
    await clock.advance(3_000);
    expect(states()).toEqual({ vad: 'loaded', agent: 'unloaded', vlm: 'unloaded' });
    expect([await verdict, await vad, await late]).toEqual(['used', 'used', 'model.over_budget']);
    expect(models.log).toEqual(['load vlm', 'unload vlm', 'load vad']);
  });

  it('does not try a failed load again for 30 seconds, and tells the same error meanwhile', async () => {
    const { clock, models, failures, pool, use } = setUp();
    models.behaviour.vlm = { loadMs: 10, unloadMs: 0, error: new Error('bad magic') };
    const first = pool.use('vlm', () => Promise.resolve()).catch((thrown: unknown) => AppError.from(thrown));
    await clock.advance(20);
    expect(await first).toMatchObject({
      code: 'model.load_failed',
      message: 'the model vlm cannot be loaded: bad magic',
    });
    expect(pool.report()).toMatchObject({ declaredMb: 0 });
    models.behaviour.vlm = { loadMs: 10, unloadMs: 0 };
    await clock.advance(29_000);
    expect(await use('vlm')).toBe('model.load_failed');
    await clock.advance(1_000);
    const second = use('vlm');
    await clock.advance(20);
    expect(await second).toBe('used');
    expect(models.log).toEqual(['load vlm', 'load vlm']);
    expect(failures).toEqual(['vlm model.load_failed']);
    expect(pool.report().models[2]).toMatchObject({ loads: 1, failures: 1 });
  });

  it("keeps a loader's own error code", async () => {
    const { clock, models, use } = setUp();
    models.behaviour.vlm = {
      loadMs: 0,
      unloadMs: 0,
      error: new AppError('model.hash_mismatch', 'vlm-text.gguf is damaged'),
    };
    const verdict = use('vlm');
    await clock.advance(10);
    expect(await verdict).toBe('model.hash_mismatch');
  });

  it('gives the VAD all memory when it finds less than the budget says, once', async () => {
    const { clock, models, use, states } = setUp({ budgetMb: 9_000 });
    const others = [use('vlm', 500), use('agent', 10)];
    await clock.advance(150);
    models.behaviour.vad = { loadMs: 10, unloadMs: 0, error: new Error('CUDA: out of memory'), fails: 1 };
    const vad = use('vad');
    await clock.advance(5_000);
    expect(await Promise.all([...others, vad])).toEqual(['used', 'used', 'used']);
    expect(models.log).toEqual([
      ...['load vlm', 'load agent', 'load vad', 'unload vlm', 'unload agent', 'load vad'],
    ]);
    expect(states()).toMatchObject({ vad: 'loaded' });
  });

  it('says so when the VAD has all memory and it is not enough', async () => {
    const { clock, models, failures, use } = setUp({ budgetMb: 9_000 });
    const verdict = use('vlm', 10);
    await clock.advance(200);
    models.behaviour.vad = { loadMs: 10, unloadMs: 0, error: new Error('CUDA: out of memory') };
    const vad = use('vad');
    await clock.advance(5_000);
    expect([await verdict, await vad]).toEqual(['used', 'model.load_failed']);
    expect(models.log).toEqual(['load vlm', 'load vad', 'unload vlm', 'load vad']);
    expect(failures).toEqual(['vad model.load_failed']);
  });

  it('counts a model that cannot be unloaded until it is gone', async () => {
    const { clock, models, failures, pool, use } = setUp();
    const vad = use('vad');
    const verdict = use('vlm');
    await clock.advance(200);
    await Promise.all([vad, verdict]);
    models.behaviour.vlm = { loadMs: 10, unloadMs: 10, unloadError: new Error('busy'), unloadFails: 1 };
    const early = use('agent');
    await clock.advance(20_000);
    expect(await early).toBe('model.over_budget');
    expect(pool.report()).toMatchObject({ declaredMb: 1_924 });
    await clock.advance(11_000);
    const late = use('agent');
    await clock.advance(500);
    expect(await late).toBe('used');
    expect(failures).toEqual(['vlm bug']);
  });

  it('loads anew what was lost with its thread', async () => {
    const { clock, models, pool, use } = setUp();
    const first = use('vlm', 500);
    await clock.advance(200);
    models.vanish('vlm');
    pool.lost('vlm');
    expect(pool.report()).toMatchObject({ declaredMb: 0 });
    const second = use('vlm');
    await clock.advance(1_000);
    expect([await first, await second]).toEqual(['used', 'used']);
    expect(models.log).toEqual(['load vlm', 'load vlm']);
  });

  it('closes: refuses who waits, waits for who uses, and unloads all', async () => {
    const { clock, models, pool, use, states } = setUp();
    const verdict = use('vlm', 1_000);
    const vad = use('vad');
    await clock.advance(200);
    const waiting = use('agent');
    models.isClosing = true;
    let isClosed = false;
    const closed = pool.close().then(() => (isClosed = true));
    await clock.advance(500);
    expect(await waiting).toBe('model.load_failed');
    expect(isClosed).toBe(false);
    await clock.advance(1_000);
    await closed;
    expect([await verdict, await vad]).toEqual(['used', 'used']);
    expect(states()).toEqual({ vad: 'unloaded', agent: 'unloaded', vlm: 'unloaded' });
    expect(models.presentMb()).toBe(0);
    expect(await use('vad')).toBe('model.load_failed');
  });
});
